"""One invented registration: as a form, and as the words in which its applicant tells it."""

from __future__ import annotations

from typing import Any

from sample_papers import HOME, MOBILE, NUMBER, OPERATOR, PREMISES

ANSWERS: dict[str, Any] = {
    "main_business": "卖文具和本子",
    "business_scope": ["文具用品零售"],
    "has_name": False,
    "operator_name": OPERATOR,
    "operator_id_type": "resident_id",
    "operator_id_number": NUMBER,
    "operator_mobile": MOBILE,
    "operator_residence": HOME,
    "operator_ethnicity": "汉族",
    "operator_education": "大专",
    "operator_political_status": "群众",
    "operator_occupation": "自由职业",
    "composition": "individual",
    "premises_kind": "leased",
    "premises_address": PREMISES,
    "premises_residential": False,
    "capital_wan": 5,
    "is_ecommerce": False,
    "licence_copies": 1,
    "contact_name": OPERATOR,
    "contact_mobile": MOBILE,
    "has_agent": False,
}
STORY = f"我叫{OPERATOR}，想在{PREMISES}租个铺面开文具店卖笔和本子，打算投五万块，手机{MOBILE}"
"""How the applicant begins; the rest is told as it is asked."""
TOLD: dict[str, str] = {
    "main_business": "卖文具和本子",
    "business_scope": "对",
    "has_name": "不起名字",
    "operator_name": OPERATOR,
    "operator_id_type": "身份证",
    "operator_id_number": NUMBER,
    "operator_mobile": MOBILE,
    "operator_residence": HOME,
    "operator_ethnicity": "汉族",
    "operator_education": "大专",
    "operator_political_status": "群众",
    "operator_occupation": "自由职业",
    "composition": "我一个人干",
    "premises_kind": "租的",
    "premises_address": PREMISES,
    "premises_residential": "不是住宅，是商铺",
    "capital_wan": "五万",
    "is_ecommerce": "不在网上卖",
    "licence_copies": "要一本",
    "contact_name": "我自己",
    "contact_mobile": "和我的一样",
    "contact_email": "没有邮箱",
    "has_agent": "不用，自己办",
}
