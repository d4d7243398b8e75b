"""Addresses in answers, and whether they reach the door."""

import pytest

from assistant.addresses import complete, find_address, incomplete_address, says_no_more, vague
from assistant.cues import hear
from knowledge.regions import Regions


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("住在广东省深圳市南山区桃园路6号3栋501", "广东省深圳市南山区桃园路6号3栋501"),
        ("店在天津市和平区南京路120号旁3号吧", "天津市和平区南京路120号旁3号"),
        ("地址长沙市天心区劳动西路60号1-2门面，你帮我记一下", "长沙市天心区劳动西路60号1-2门面"),
        ("在上海市浦东新区张杨路500弄3号202室这里", "上海市浦东新区张杨路500弄3号202室"),
        ("我住喺廣東省廣州市越秀區北京路12號3棟501", "广东省广州市越秀区北京路12号3栋501"),
        ("✨深圳市罗湖区人民北路12号5栋1102🙏", "深圳市罗湖区人民北路12号5栋1102"),
        ("深圳市 南山区 科苑路 15号 2楼", "深圳市南山区科苑路15号2楼"),
        ("河南省周口市西华县李大庄乡刘庄村三组", "河南省周口市西华县李大庄乡刘庄村三组"),
        ("佛山市顺德区大良街道凤山中路8号首层之二", "佛山市顺德区大良街道凤山中路8号首层之二"),
        ("武汉市洪山区光谷步行街3期A区2楼37号铺", "武汉市洪山区光谷步行街3期A区2楼37号铺"),
        ("就在沈阳铁西区建设中路十二号甲", "沈阳铁西区建设中路十二号甲"),
        ("我租的是重庆市渝中区民权路28号负一层B12", "重庆市渝中区民权路28号负一层B12"),
        ("贵阳市南明区花果园M区2栋1单元负1层7号", "贵阳市南明区花果园M区2栋1单元负1层7号"),
        ("昆山市玉山镇前进东路 9号 昆山大厦 2幢 1103", "昆山市玉山镇前进东路9号昆山大厦2幢1103"),
    ],
)
def test_an_address_is_cut_out_of_what_surrounds_it(said: str, address: str, regions: Regions) -> None:
    found = find_address(hear(said), "premises_address", regions)
    assert found is not None
    assert found.value == address


def test_somewhere_near_is_no_address(regions: Regions) -> None:
    assert find_address(hear("学校旁边"), "premises_address", regions) is None


@pytest.mark.parametrize(
    "address", ["深圳市南山区科苑路15号", "和平区南京路120号旁3号", "劳动西路60号1-2门面", "金地花园3栋501"]
)
def test_a_number_a_building_or_a_room_makes_it_complete(address: str) -> None:
    assert complete(address)


def test_a_street_alone_is_incomplete_and_named_in_the_breach() -> None:
    [breach] = incomplete_address({"premises_address": "深圳市龙华区福城街道观澜大道"})
    assert (breach.code, breach.field) == ("ADDRESS_INCOMPLETE", "premises_address")


def test_an_estate_or_a_high_number_of_a_big_road_is_asked_on() -> None:
    assert vague("武汉市江岸区解放大道1500号")
    assert not vague("武汉市江岸区解放大道1500号15栋2号")
    assert not vague("重庆市沙坪坝区磁器口正街40号")
    assert says_no_more("没有房号了")
