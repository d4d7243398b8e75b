"""Where an address lies."""

import pytest

from knowledge.regions import Region, Regions

REGIONS = Regions.load()


def test_the_table_covers_the_whole_country() -> None:
    assert len(REGIONS) > 3150
    for code in ("110105", "310115", "440305", "429004", "659012", "540581", "460303"):
        assert REGIONS.get(code) is not None


@pytest.mark.parametrize(
    ("address", "code", "name_region"),
    [
        ("深圳市南山区桃园路18号一楼102室", "440305", "深圳市南山区"),
        ("广东省 深圳市 罗湖区", "440303", "深圳市罗湖区"),
        ("深圳南山桃园路", "440305", "深圳市南山区"),
        ("重庆市渝中区解放碑", "500103", "重庆市渝中区"),
        ("渝中区邹容路1号", "500103", "重庆市渝中区"),
        ("北京朝阳区建国路", "110105", "北京市朝阳区"),
        ("长春市朝阳区", "220104", "长春市朝阳区"),
        ("昆山市玉山镇前进路9号", "320583", "昆山市"),
        ("湖北省仙桃市", "429004", "仙桃市"),
        ("东莞市凤岗镇永盛大街138号103", "441900", "东莞市"),
        ("甘肃省秦安县兴国镇解放路10号", "620522", "秦安县"),
        ("内蒙古自治区呼伦贝尔市鄂伦春自治旗", "150723", "鄂伦春自治旗"),
        ("上海浦东张杨路500弄3号", "310115", "上海市浦东新区"),
        ("天津滨海第三大街1号", "120116", "天津市滨海新区"),
        ("内蒙古呼和浩特市新城区中山路5号", "150102", "呼和浩特市新城区"),
        ("延边朝鲜族自治州延吉市", "222401", "延吉市"),
        ("新疆乌鲁木齐天山区", "650102", "乌鲁木齐市天山区"),
        ("西安市长安区", "610116", "西安市长安区"),
        ("吉林省吉林市船营区", "220204", "吉林市船营区"),
        ("我的店在深圳市南山区", "440305", "深圳市南山区"),
    ],
)
def test_an_address_is_found_at_its_finest_level(address: str, code: str, name_region: str) -> None:
    region = REGIONS.find(address)
    assert region is not None
    assert (region.code, REGIONS.name_region(address)) == (code, name_region)


def test_a_district_that_several_cities_have_is_not_guessed() -> None:
    assert REGIONS.find("朝阳区建国路1号") is None
    assert {r.city for r in REGIONS.candidates("朝阳区建国路1号")} >= {"北京市", "长春市"}


@pytest.mark.parametrize("address", ["随便什么路", "福建路12号", "", "一二三四五"])
def test_a_street_is_not_taken_for_a_place(address: str) -> None:
    assert REGIONS.find(address) is None


def test_a_street_named_after_a_district_stays_in_its_city() -> None:
    region = REGIONS.find("上海市黄浦路20号")
    assert region is not None and region.code == "310000"


def test_a_city_district_may_stand_in_a_name_only_behind_its_city() -> None:
    here = REGIONS.find("深圳市南山区")
    assert here is not None
    assert {"深圳市", "深圳市南山区", "广东省深圳市南山区"} <= here.name_forms()
    assert "南山区" not in here.name_forms()


def test_a_county_level_city_may_stand_alone_in_a_name() -> None:
    here = REGIONS.find("江苏省苏州市昆山市")
    assert here is not None
    assert {"昆山市", "苏州市昆山市"} <= here.name_forms()


def test_a_province_alone_is_no_region_of_a_name() -> None:
    assert Region("广东省", "", "", "440000").name_region == ""
    assert REGIONS.name_region("广东省") is None


def test_the_names_an_address_begins_with_are_measured() -> None:
    region, end = REGIONS.located("广东深圳南山科苑路15号")
    assert region is not None and (region.code, end) == ("440305", 6)
    assert REGIONS.located("朝阳区建国路1号") == (None, 0)
    assert REGIONS.leading("深圳市南山区满满餐饮店") == 6
    assert REGIONS.leading("满满餐饮店") == 0


def test_a_division_is_known_by_its_full_name_and_a_city_by_its_short_one() -> None:
    assert REGIONS.is_division("南山区") and REGIONS.is_division("深圳")
    assert not REGIONS.is_division("满满")
