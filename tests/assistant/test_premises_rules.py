"""Where business is done, told while the form is filled."""

from datetime import date
from typing import Any

import pytest

from assistant.filing import Issue
from assistant.issues import derive, issues
from assistant.premises_rules import dwelling, nowhere, on_the_net, region_of
from knowledge.items import Catalogue
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes

SCOPES, REGIONS = Scopes.load(), Regions.load()
ITEM = Catalogue.load().get("individual-business-registration")
HERE = Office(authority_name="罗湖区市场监督管理局", areas=("440303",), area_names=("罗湖区",))


def told(office: Office = HERE, **values: Any) -> dict[str, list[Issue]]:
    return issues(ITEM, values, office, SCOPES, REGIONS, date(2026, 11, 20))


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("深圳市福田区深南大道1号", "深圳市福田区"),
        ("广东省东莞市凤岗镇永盛大街138号103", "东莞市"),
        ("江苏昆山市前进路9号", "昆山市"),
        ("北京朝阳区建国路88号", "北京市朝阳区"),
    ],
)
def test_an_address_of_another_office_says_where_to_go(address: str, place: str) -> None:
    [issue] = [i for i in told(premises_address=address)["premises_address"] if i.code == "ADDRESS_OUTSIDE"]
    assert f"请到{place}的市场监督管理部门申请" in issue.message
    assert "实施细则 第十条" in issue.message
    assert issue.severity == "block"


def test_an_address_of_this_office_is_left_alone() -> None:
    assert "premises_address" not in told(premises_address="深圳市罗湖区人民南路3号12栋101")


def test_an_address_that_names_no_city_is_asked_for_one() -> None:
    [issue] = told(Office(), premises_address="科苑路15号3栋501")["premises_address"]
    assert (issue.code, issue.severity) == ("ADDRESS_INCOMPLETE", "warn")
    assert nowhere({"premises_address": "深圳市科苑路15号"}, REGIONS) == []


def test_of_two_districts_of_one_name_the_one_the_office_serves_is_meant() -> None:
    chaoyang = Office(areas=("220104",))
    found = region_of("朝阳区工农大路9号", chaoyang, REGIONS)
    assert found is not None and found.city == "长春市"
    assert region_of("朝阳区工农大路9号", Office(), REGIONS) is None
    values = {"has_name": True, "premises_address": "朝阳区工农大路9号"}
    assert derive(ITEM, values, REGIONS, chaoyang)["name_region"] == "长春市朝阳区"


def test_a_dwelling_asks_for_the_neighbours_and_holds_no_kitchen() -> None:
    home = {"premises_kind": "owned", "premises_residential": True}
    [consent] = told(**home, business_scope=["翻译服务"])["premises_residential"]
    assert (consent.code, consent.severity) == ("RESIDENTIAL_CONSENT", "warn")
    assert "民法典 第二百七十九条" in consent.message
    [barred] = told(**home, business_scope=["翻译服务", "餐饮服务"])["premises_residential"]
    assert (barred.code, barred.severity) == ("RESIDENTIAL_FORBIDDEN", "block")
    assert "餐饮服务" in barred.message
    assert dwelling({**home, "premises_residential": False}, SCOPES) == []
    assert dwelling({"premises_kind": "online", "premises_residential": True}, SCOPES) == []


def test_a_shop_on_the_net_is_told_its_document_its_limit_and_its_promise() -> None:
    [note] = told(premises_kind="online", online_platform="淘宝", online_url="https://a.taobao.com")["premises_kind"]
    assert note.severity == "info"
    assert all(w in note.message for w in ("平台出具的证明", "仅限于通过互联网", "承诺", "第十一条"))


@pytest.mark.parametrize("platform", ["朋友圈", "我的官网", "微信群", "独立站"])
def test_what_no_platform_gives_is_no_premises(platform: str) -> None:
    values = {"premises_kind": "online", "online_platform": platform, "online_url": "https://x.cn"}
    assert [b.detail for b in on_the_net(values, SCOPES)] == ["told", "no_platform"]
    assert "online_platform" in told(**values)


@pytest.mark.parametrize("platform", ["淘宝", "拼多多", "抖音小店", "微信小店", "京东", "美团外卖"])
def test_shops_of_platforms_are_premises(platform: str) -> None:
    assert "online_platform" not in told(premises_kind="online", online_platform=platform, online_url="https://x.cn")


def test_a_trade_that_needs_a_place_cannot_be_on_the_net_alone() -> None:
    found = told(premises_kind="online", business_scope=["餐饮服务", "互联网销售（除销售需要许可的商品）"])
    assert [i.message for i in found["business_scope"] if i.code == "PREMISES_USAGE" and "餐饮服务" in i.message]


def test_an_entry_that_is_not_in_the_catalogue_is_told_with_those_that_are_near() -> None:
    [issue] = told(business_scope=["批发水果"])["business_scope"]
    assert issue.code == "SCOPE_NOT_STANDARD" and "“新鲜水果批发”" in issue.message
    [issue] = told(business_scope=["万物皆可"])["business_scope"]
    assert "接近" not in issue.message
