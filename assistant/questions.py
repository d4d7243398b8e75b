"""What kind of question this is, by its words: unsafe, chat, about this office or person alone, or about the rules.

Only plain cases are decided here; everything else is a question about the rules and goes to the library.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

Kind = Literal["unsafe", "off_topic", "elsewhere", "rules"]

_FORGE = re.compile(
    r"伪造|变造|仿造|造假|作假|代签|冒充|冒名|顶替|假(?:的|一)?(?:合同|协议|证|章|公章|签名|签字|材料|发票|流水|执照|身份证|房产证|学历|资料|公证|票)"
    r"|(?:^|[^a-z])ps?(?:一|个|张|份|成|掉|图|一下|上|个人)|做(?:一)?[份个张本]假|(?:模仿|仿|签)(?:他|她|别人|房东|对方|人家)的?(?:签名|签字|笔迹|名字)"
    r"|(?:照片|有效期|日期|金额|名字|面积|地址)(?:.{0,6})(?:改一?下|改掉|改成|涂改|p掉)|刻个?(?:假|别人|房东)"
)
_ALTER = re.compile(
    r"(?:改|涂|抹|p)(?:一?下|一改|个|掉|成|动)?(?:合同|证件|材料)?(?:上)?的?(?:日期|有效期|金额|面积|名字|姓名|地址|照片|公章)"
)
"""Rightful by itself (变更名称); wrong when it is to stay unseen."""
_EVADE = re.compile(
    r"混过|蒙混|瞒过|瞒住|绕过|绕开|骗过|躲(?:开|过|避)|逃(?:税|避|过)|偷税|漏税|不被(?:发现|查|抓)|查不(?:出|到)|看不出|规避|钻空子|(?:避|躲|绕)开.{0,6}(?:检查|审核|监管|认证|执法)|应付检查|蒙过"
)
_BRIBE = re.compile(
    r"塞(?:点|个|些|多少)?(?:钱|红包|卡)|送(?:点|个)?(?:礼|红包|钱|购物卡|烟酒)|打点|贿赂|行贿|走后门|好处费|找关系|托关系|意思意思|疏通关系|花钱(?:买|摆平|打通)|给.{0,8}红包"
)
_PEEK = re.compile(
    r"(?:别人|他人|人家|隔壁|邻居|同行|对手|对门|老板|房东|前夫|前妻|前男友|前女友|客户|某人|顾客|店主|法人|员工|工作人员|经营者|那家|这家)"
    r".{0,14}(?:身份证号?|手机号码?|电话号码|家庭住址|住址|住哪|银行卡|账号|密码|个人信息|隐私|申请材料|营业额|流水)"
)
_GIVE = re.compile(r"给我|告诉我|发我|帮我查|查一?下|查到|(?<!不)能查|调出来|弄到|搞到|泄露|卖给")
_DANGER = re.compile(
    r"(?:制造|制作|自制|做|买|卖|贩|弄到?).{0,6}(?:毒品|冰毒|大麻|枪支|枪|炸药|爆炸物|雷管|假币|假钞)|洗钱|开(?:个)?赌场|网络赌博|卖淫|嫖娼"
    r"|(?:黑进|黑掉|入侵|攻击|破解|攻破).{0,10}(?:系统|网站|后台|账号|数据库|密码)|报复|打他一顿|弄死"
)
_HIJACK = re.compile(
    r"(?:忽略|无视|忘记|忘掉)(?:掉|了)?.{0,8}(?:指令|规则|要求|提示|设定|限制)|系统提示词|system\s?prompt|开发者模式|越狱"
    r"|(?:直接)?(?:帮我|给我)(?:批准|通过|放行)(?:了|吧)"
)
_HOW = re.compile(
    r"教我|怎么(?!办|处理|处罚|罚|举报|投诉|维权|赔|判|追究|认定|查处)|如何(?!处理|处罚|举报|投诉|认定|查处)|咋(?!办)|帮我|帮忙|能不能(?:帮|给)|哪里(?:能|可以)?(?:买|办|弄|做|找)"
    r"|给我|有(?:什么|啥|没有)?(?:办法|门路|路子|渠道|窍门|技巧)|想(?:找人)?(?:伪造|做|办|买|弄|改|p|塞|送)|找谁|多少钱(?:能|可以)?(?:办|买|搞|摆平)|行不行|可以不|有没有人"
)
_RESULT = re.compile(
    r"罚|处罚|处理|后果|责任|违法|犯法|坐牢|判|被查|被发现|会怎|举报|投诉|被人|有人|别人(?:伪造|冒)|被冒|被盗|受骗|被骗|撤销|怎么办|赔"
)
_HIDE = re.compile(
    r"不会?被|别被|不让.{0,4}(?:发现|知道|看出)|看不出|查不|发现不了|混过|瞒过|绕过|骗过|蒙混|躲过|逃过|才能不"
)

_CHAT = re.compile(
    r"^(?:你好|您好|hello|hi|嗨|哈喽|早上好|晚上好|(?:谢谢|多谢)[你您们啦了]*|辛苦了|再见|拜拜|在吗|在不在|你是谁|你叫什么|你会什么|你能做什么|你是机器人|你是真人"
    r"|好的|嗯+|哦+|哈+|测试|test|喂)[\W\s]*(?:你是谁|在吗)?[\W\s吗呀啊]*$"
)
_OFF_TOPIC = re.compile(
    r"天气|下雨|气温|几比几|比分|比赛|球赛|球队|国足|世界杯|奥运|nba|欧冠|笑话|段子|讲个?故事|唱(?:首|个)|歌词|写(?:首|一首)诗|作文|情书|对联|星座|运势|算命|八字|风水"
    r"|彩票|双色球|股票|基金(?!管理|会|监管)|比特币|炒股|电影|电视剧|综艺|明星|追剧|小说|动漫|游戏(?!厅|场|室|经营|出版|运营|设备)|菜谱|怎么做(?:红烧|菜|饭|鱼|肉|蛋糕)|红烧|减肥|健身计划"
    r"|数学题|作业|应用题|鸡兔同笼|解方程|英语(?:作文|单词)|翻译(?:成|一下|这)|写(?:一段|段|个)?代码|编程|python|(?:哪个|什么)(?:牌子|手机|车|电脑)|手机(?:推荐|拍照|好)"
    r"|旅游(?!业|局|许可)|景点|攻略|酒店推荐|好吃|哪家(?:好|店)|失眠|头疼|感冒|吃什么药|挂哪个科|谈恋爱|女朋友|男朋友|相亲|表白|分手|宠物|养猫|养狗|多大年纪|几岁了你|谁是总统|历史上|宇宙"
)
_DOMAIN = re.compile(
    r"执照|登记|许可|审批|备案|注册|注销|变更|年报|经营|营业|开店|开个?[^，。]{0,6}店|个体|公司|企业|商户|名称|字号|招牌|税|发票|社保|保险|公积金|工资|劳动|合同|员工|雇|辞退|处罚|罚款|罚"
    r"|法律|法规|条例|规定|政策|办法|证件|证明|材料|手续|窗口|受理|机关|部门|街道|政府|政务|补贴|补助|扶持|贷款|消费|退货|投诉|举报|复议|诉讼|起诉|商标|专利|广告|食品|药|烟草|医疗器械|卫生|消防"
    r"|网吧|歌舞|娱乐场所|旅馆|运输|快递|个人信息|隐私|身份证|户口|居住证|护照|结婚|离婚|继承|房产|租|不动产|业主|财产|债|借|欠|申请|办理|签证|出版|演出|价格|标价|歇业|经营者|备注|公示|异议|听证|信访"
    r"|(?:著作|版|肖像|隐私|名誉|产|使用|抚养|监护|继承|物|债|人|股)权|维权|仲裁|法院|合法|过户|驾[驶照]|车辆|低保|救助|赡养|抚养|入学|学籍|落户|拆迁|征收|征地"
    r"|噪[音声]|扰民|排污|环保|检疫|彩礼|收养|宅基地|退休|契税|关税"
    r"|[办领补换要]证|什么证|健康证|许可证|资质|辞|补偿|赔|退[钱货款换]|能退|办卡|会员卡|预付|加班|试用期|工伤|生育|养老|医保|失业|公证|委托|代办|摆摊|店面|招工"
)

_PLACE = (
    r"(?:北京|上海|天津|重庆|广州|深圳|珠海|佛山|东莞|杭州|南京|苏州|成都|武汉|西安|长沙|郑州|青岛|济南|大连|厦门|福州|合肥|南昌|昆明|贵阳|南宁|海口|沈阳"
    r"|哈尔滨|长春|石家庄|太原|兰州|西宁|银川|乌鲁木齐|拉萨|呼和浩特|宁波|无锡|温州|广东|江苏|浙江|山东|四川|湖北|湖南|福建|河南|河北"
    r"|香港|澳门|台湾|(?<![小社地园市校辖])区(?!别|分)|[\u4e00-\u9fff]{2}(?:市|县|镇|街道|新区)|我们(?:市|区|省|这)|本(?:市|区|省)|当地|咱们?(?:市|区|这))"
)
_ABROAD = re.compile(
    r"(?:美国|日本|韩国|英国|法国|德国|加拿大|澳大利亚|澳洲|新加坡|泰国|马来西亚|越南|俄罗斯|欧洲|国外|新西兰|意大利|西班牙|迪拜|印度)"
    r".{0,10}(?:签证|移民|绿卡|留学|开店|注册|公司|税|法律|执照|入境)"
)
_ELSEWHERE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"(?:电话|号码|热线|联系方式|微信号|公众号|邮箱|传真)(?:是|多少|号|给|怎么打|几号)|打(?:哪个|什么)电话|(?:网址|官网)(?:是|多少|给)"),
        "各窗口的电话、网址和联系方式",
    ),
    (
        re.compile(r"怎么(?:走|坐|去|过去|到)|坐(?:地铁|公交|几路)|哪条路|几号线|具体地址|(?:地址|位置)(?:在|是)(?:哪|什么)|几楼|停车|在哪[个条]?(?:路|楼|街|位置)|离我最近"),
        "办事地点和路线",
    ),
    (
        re.compile(r"(?:窗口|大厅|中心|局|所|你们|街道办?|政务).{0,10}(?:几点|上班|下班|开门|关门|周[六日末]|星期[六天日]|中午|午休|放假|节假日|排队|人多|取号|叫号)"),
        "窗口的上班时间和排队情况",
    ),
    (
        re.compile(
            r"我(?:的|上|昨|前|刚|之前|已经|那|们).{0,14}(?:进度|到哪一?步|审到|批(?:下来)?了?没|好了没|办好了?没|通过了?没|审完|处理到|有消息|有结果了|怎么还没)"
            r"|(?:查|看)一?下?我的?.{0,8}(?:进度|结果|状态)"
        ),
        "您这一件的办理进度（登录后在“我的办件”里看）",
    ),
    (
        re.compile(
            rf"{_PLACE}.{{0,24}}(?:多少钱|多少块|多少元|几块钱|什么价|收费标准|房价|租金|最低工资|平均工资|补贴|补助|奖励|资助|扶持资金|积分|基数|额度|社保缴费)"
            rf"|(?:多少钱|多少块|补贴|补助|奖励|资助|最低工资|房价|租金).{{0,16}}{_PLACE}.{{0,10}}(?:多少|几)"
        ),
        "各地自己的收费、补贴和标准",
    ),
    (
        re.compile(
            r"(?:补贴|补助|奖励|扶持|资助|创业金)(?:金|款)?.{0,8}(?:多少|几[百千万]|能[拿领]|标准|什么时候)"
            r"|(?:能|可以)?[拿领](?:到)?多少(?:钱)?(?:的)?(?:补贴|补助|奖励)"
            r"|(?:最低工资|社平工资|平均工资|缴费基数|社保基数|公积金基数)(?:是|标准)?.{0,6}(?:多少|几)"
            r"|摇号|学位申请|积分入[户学]|入户积分|车牌指标|哪家银行|预约(?:不到|号|什么时候)|号源|放号|表格?在?哪里?下载"
        ),
        "各地自己的补贴、标准和安排",
    ),
    (
        re.compile(
            r"(?:刻章|公章|代办|代理记账|记账|装修|转让费|房租|租金|房价|铺租|加盟费|快递费|律师费|中介费|进货价).{0,10}(?:多少钱|什么价|贵不贵|几百|几千|要多少)"
            r"|(?:汇率|油价|金价|银行利率|房贷利率|利率)(?:是|多少|现在)"
        ),
        "市场价格",
    ),
    (
        re.compile(r"(?:局长|主任|科长|书记|市长|所长|负责人|领导)(?:是谁|叫什么|姓什么|电话)"),
        "工作人员的姓名和联系方式",
    ),
    (_ABROAD, "外国的规定"),
)  # fmt: skip


def plain(text: str) -> str:
    """Half width, lower case, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def kind_of(question: str) -> Kind:
    """The kind of a question as asked, without its history."""
    words = plain(question)
    if is_unsafe(words):
        return "unsafe"
    if _CHAT.match(words) or (_OFF_TOPIC.search(words) and not _DOMAIN.search(words)):
        return "off_topic"
    return "elsewhere" if elsewhere(words) else "rules"


def is_unsafe(words: str) -> bool:
    """Whether help is wanted to forge, deceive, bribe, pry or harm; asking what the law does about it is fine."""
    if _HIJACK.search(words) or (_DANGER.search(words) and not _RESULT.search(words)):
        return True
    if _PEEK.search(words) and _GIVE.search(words) and not re.search(r"我自己|我本人|能不能拒绝|有权|泄露|规定", words):
        return True
    if _ALTER.search(words) and _HIDE.search(words):
        return True
    if not (_FORGE.search(words) or _EVADE.search(words) or _BRIBE.search(words)):
        return False
    if not (_HOW.search(words) or _BRIBE.search(words) and re.search("能|可以|行|是不是", words)):
        return False
    return bool(_HIDE.search(words)) or not _RESULT.search(words)


def elsewhere(words: str) -> str:
    """What a question asks for that no statute holds (a telephone, a local fee, one's own progress), or ''."""
    return next((what for pattern, what in _ELSEWHERE if pattern.search(words)), "")


def about_rules(words: str) -> bool:
    """Whether the words touch matters of this office, its laws or rights and duties at all."""
    return bool(_DOMAIN.search(plain(words)))


_FOLLOWS = re.compile(
    r"^(?:那|那么|这样|这个|这种|它|他|她|要是|如果|还有|另外|然后|所以|不过|可是|但|那要|那我|那他|那她|刚才|上面|前面)|呢[？?]?$|^.{0,9}$|这种情况|那种|刚才说|上面说|它要是|他们"
)


def in_full(question: str, history: Sequence[str]) -> str:
    """The question with what it leaves out: the person's own earlier questions before it when it follows on them.

    `history` are the person's earlier messages, oldest first; the last two count.
    """
    earlier = [h.strip() for h in history[-2:] if h.strip() and kind_of(h) == "rules"]
    if not earlier or not follows(question):
        return question
    return " ".join([*earlier, question])


def follows(question: str) -> bool:
    """Whether the question leans on what was said before: pronouns, 那…呢, or very short."""
    return bool(_FOLLOWS.search(question.strip())) or len(plain(question)) <= 12
