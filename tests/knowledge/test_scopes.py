"""From lay words to scope entries and permits."""

from pathlib import Path

import pytest

from knowledge import scope_bench
from knowledge.__main__ import main
from knowledge.items import articles
from knowledge.office import CatalogueEntry
from knowledge.scopes import GENERAL_NOTE, LICENSED_NOTE, Scopes
from prompts.settings import Settings

SCOPES = Scopes.load()
CASES = Path(__file__).with_name("scope_descriptions.jsonl")


def proposed(words: str) -> list[str]:
    return [e.entry for e in SCOPES.propose(words)]


def licences(words: str) -> set[str]:
    return {e.licence for e in SCOPES.propose(words)}


def test_the_catalogue_is_broad_and_each_entry_can_be_found_by_its_words() -> None:
    assert len(SCOPES.entries) >= 400
    assert all(e.words and e.gbt for e in SCOPES.entries)
    assert len({e.entry for e in SCOPES.entries}) == len(SCOPES.entries)


def test_every_permit_says_who_gives_it_and_on_which_article() -> None:
    for e in SCOPES.entries:
        assert articles(e.basis), e.entry
        assert (e.licence == "none") == (not e.permit), e.entry
        assert e.licence == "none" or e.authority, e.entry


@pytest.mark.parametrize(
    ("words", "entry", "licence"),
    [
        ("开个牛肉粉馆，可以坐下来吃", "餐饮服务", "post"),
        ("早上支个摊子炸油条", "餐饮服务", "post"),
        ("帮人烫发染发", "理发服务", "post"),
        ("卖自己店里的卤鸭脖", "食品销售", "post"),
        ("卖瓶装的可乐雪碧饮料", "食品销售（仅销售预包装食品）", "filing"),
        ("卖白菜和黄瓜", "新鲜蔬菜零售", "none"),
        ("小卖部里想摆点香烟", "烟草制品零售", "post"),
        ("批发卷烟", "烟草制品批发", "pre"),
        ("收废铁废铜", "生产性废旧金属回收", "filing"),
        ("派保安给商场看门", "保安服务", "pre"),
        ("卖硫酸盐酸", "危险化学品经营", "pre"),
        ("给客人配眼镜验光", "眼镜销售（不含隐形眼镜）", "none"),
        ("卖美瞳", "第三类医疗器械经营", "post"),
        ("夫妻俩开个小旅馆", "住宿服务", "post"),
        ("修电瓶车", "电动自行车维修", "none"),
        ("写小程序接外包", "软件开发", "none"),
        ("开yoga馆", "健身休闲活动", "none"),
        ("卖羊肉汤", "餐饮服务", "post"),
    ],
)
def test_lay_words_lead_to_the_entry_and_its_licence(words: str, entry: str, licence: str) -> None:
    assert entry in proposed(words)
    known = SCOPES.get(entry)
    assert known is not None and known.licence == licence


def test_what_the_person_denies_is_not_proposed() -> None:
    assert "烟草制品零售" not in proposed("开个超市，不卖烟")
    assert "烟草制品零售" in proposed("开个超市，也卖烟")
    assert licences("中医推拿按摩，不看病") == {"none"}


def test_not_only_is_no_denial() -> None:
    assert {"新鲜水果零售", "新鲜蔬菜零售"} <= set(proposed("不光卖水果，还卖蔬菜"))


def test_packed_food_is_a_filing_and_loose_food_a_permit() -> None:
    assert licences("只卖有包装的零食") == {"filing"}
    assert licences("零食散装称斤卖") == {"post"}


def test_several_trades_in_one_sentence_come_in_the_order_they_are_told() -> None:
    assert proposed("卖茶具，还有包装好的茶叶") == ["茶具销售", "食品销售（仅销售预包装食品）"]
    assert proposed("修手机，顺带配钥匙") == ["通讯设备修理", "锁具修理"]


def test_lay_descriptions_lead_to_their_entries_and_permits() -> None:
    outcomes = scope_bench.run(SCOPES, scope_bench.cases(CASES))
    assert len(outcomes) >= 400
    assert sum(o.scope for o in outcomes) >= 0.97 * len(outcomes), scope_bench.table(outcomes)
    permits = [o.permit for o in outcomes if o.permit is not None]
    assert sum(permits) >= 0.98 * len(permits), scope_bench.table(outcomes)


def test_the_command_proposes_and_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(data=tmp_path)
    assert main(["scopes", "批发水果"], settings) == 0
    assert "新鲜水果批发" in capsys.readouterr().out
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"text": "卖水果", "scope": [["烟草"]], "permit": "post", "named": ["烟草"]}', encoding="utf-8")
    assert main(["scopes", "--cases", str(cases)], settings) == 0
    assert "0/1" in (out := capsys.readouterr().out) and "卖水果" in out


def test_what_is_done_with_the_goods_makes_the_entry() -> None:
    assert proposed("卖水果") == ["新鲜水果零售"]
    assert proposed("批发水果") == ["新鲜水果批发"]
    assert proposed("种水果") == ["水果种植"]
    assert proposed("收购水果") == ["初级农产品收购"]
    assert proposed("修打印机") == ["计算机及办公设备维修"]
    assert proposed("出租电脑") == ["办公设备租赁服务"]


def test_a_word_with_a_gap_is_found_over_numbers_and_names() -> None:
    assert proposed("养了三千只蛋鸡") == ["家禽饲养"]
    assert proposed("给邻居家的大狗看病") == ["动物诊疗"]
    assert "谷物种植" not in proposed("卖种子、玉米种子")


def test_where_and_for_whom_is_no_trade() -> None:
    assert proposed("在菜市场里面卖猪肉") == ["鲜肉零售"]
    assert proposed("给酒店洗床单") == ["洗染服务"]
    assert proposed("给饭店") == []


def test_one_word_may_mean_several_entries_at_once() -> None:
    assert set(proposed("开烟酒店")) == {"烟草制品零售", "食品销售（仅销售预包装食品）"}
    assert set(proposed("小区便利店")) == {"食品销售（仅销售预包装食品）", "日用百货销售"}


def test_food_sold_on_the_net_has_its_own_entries() -> None:
    assert proposed("淘宝店卖袋装零食") == ["食品互联网销售（仅销售预包装食品）"]
    assert proposed("直播卖散装零食")[0] == "食品互联网销售"
    both = ["食品销售（仅销售预包装食品）", "食品互联网销售（仅销售预包装食品）"]
    assert proposed("门店卖袋装零食，也在网上卖") == both
    assert "互联网销售（除销售需要许可的商品）" in proposed("网上卖袋装零食和衣服")


@pytest.mark.parametrize("words", ["", "你好", "123456", "？？？"])
def test_nothing_is_proposed_for_words_about_nothing(words: str) -> None:
    assert proposed(words) == []


def test_the_same_words_always_give_the_same_entries() -> None:
    assert proposed("卖五金和灯具") == proposed("卖五金和灯具")


def test_an_entry_is_found_whatever_its_brackets_and_spaces() -> None:
    assert SCOPES.get(" 食品销售(仅销售预包装食品) ") == SCOPES.get("食品销售（仅销售预包装食品）")
    assert SCOPES.get("网红带货") is None


def test_the_office_catalogue_is_the_standard_and_its_licences_win() -> None:
    office = [
        CatalogueEntry(entry="足浴服务", licence="none"),
        CatalogueEntry(entry="理发服务", licence="post"),
        CatalogueEntry(entry="本地特色编织", licence="none"),
        CatalogueEntry(entry="食品销售(仅销售预包装食品)", licence="none"),
    ]
    scopes = Scopes.load(office_catalogue=office)
    foot, hair, local = (scopes.get(n) for n in ("足浴服务", "理发服务", "本地特色编织"))
    assert foot is not None and (foot.licence, foot.permit) == ("none", "")
    assert hair is not None and "卫生许可证" in hair.permit
    assert local is not None and local.words == ()
    assert scopes.get("餐饮服务") is None
    assert [e.entry for e in scopes.propose("给人剪头发")] == ["理发服务"]


def test_a_filing_the_law_asks_for_stays_where_the_office_only_lists_permits() -> None:
    scopes = Scopes.load(office_catalogue=[CatalogueEntry(entry="食品销售（仅销售预包装食品）", licence="none")])
    entry = scopes.get("食品销售（仅销售预包装食品）")
    assert entry is not None and entry.licence == "filing" and "备案" in entry.permit


def test_the_licence_prints_permitted_and_general_items_apart() -> None:
    text = SCOPES.licence_wording(["餐饮服务", "日用百货销售"])
    assert text == f"许可项目：餐饮服务。{LICENSED_NOTE}一般项目：日用百货销售。{GENERAL_NOTE}"
    assert "许可项目" not in SCOPES.licence_wording(["日用百货销售"])
    assert SCOPES.licence_wording(["日用百货销售"], online_only=True).endswith("（仅限于通过互联网从事经营活动）")


def test_the_trade_word_of_a_name_is_held_against_the_entry() -> None:
    assert SCOPES.fits_industry("餐饮", "餐饮服务")
    assert SCOPES.fits_industry("串串", "餐饮服务")
    assert SCOPES.fits_industry("服装", "互联网销售（除销售需要许可的商品）")
    assert not SCOPES.fits_industry("服装", "危险化学品经营")


def test_a_bad_row_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "scopes.csv"
    head = "entry,class,licence,permit,authority,basis,residential_ok,words,industry_words,gbt,verified,note\n"
    path.write_text(head + "餐饮服务,许可,maybe,,,民法典 第五十四条,no,饭馆,餐饮,6210,yes,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="row 2"):
        Scopes.load(path)
