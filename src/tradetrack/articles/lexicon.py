"""The words of trade: what flows, what is not trade, what moves, what is only meant to happen.

Each table maps a tag to the words that carry it; a word is looked up once and remembered.

=========  =====================================================================================
tag        words
=========  =====================================================================================
flow       trade, turnover, exports, sold, импорт: ``turnover``, ``export`` or ``import``
off        investment, contracts, a share, transit, a surplus: not the trade of a pair
goods      one commodity or branch, beside a flow word
move       grew, fell, рост: ``up`` or ``down``; ``more``, ``less`` only after a number
done       reached, stood at, составил: it has happened
meant      aim, task, agreed, довести: a goal, if something is still to be reached
ahead      expected, forecast, достигнет
might      could, potential, может
=========  =====================================================================================
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Flow = Literal["turnover", "export", "import"]
Scope = Literal["goods_and_services", "non_oil"]
Reason = Literal[
    "investment",
    "contracts",
    "projects",
    "balance",
    "share",
    "one commodity",
    "company",
    "services",
    "retail",
    "transport",
    "other indicator",
    "quantity",
    "total trade",
    "part of a country",
    "other pair",
    "change",
    "rate",
    "no subject",
    "no currency",
    "no direction",
    "several years",
    "repeated",
    "not in the text",
    "number differs",
    "unit differs",
    "window differs",
    "flow differs",
    "kind differs",
    "contradicted",
]

_FLOW = {
    "turnover": r"turnover|commerce|товарооборот\w*|товарообмен\w*|торговл\w+|(?:на)?торговал\w*"
    r"|торгуют|оборот(?:а|у|ом|е)?|trade|traded|trading|exchanged",
    "export": r"exports?|exported|exporting|экспорт(?:а|у|ом|е|ы|ов)?|экспортировал\w*"
    r"|экспортировано|вывоз(?:а|у|ом|е)?|вывез\w*",
    "import": r"imports?|imported|importing|импорт(?:а|у|ом|е|ы|ов)?|импортировал\w*"
    r"|импортировано|ввоз(?:а|у|ом|е)?|ввез\w*",
}
_WEAK = {  # they speak of trade only with a country, or after a word that does
    "export": r"sent|dispatched"
    r"|flowed|flows|placed|destination|sales|sold|sell|sells|selling|shipments?|shipped"
    "|ships|shipping"
    r"|deliver(?:y|ies|ed)"
    r"|suppl(?:y|ies|ied)|продал\w*|продаж\w*|продано|поставк\w*|поставок|поставил\w*|поставлено"
    r"|поставля\w+|отгруз\w+|отгруж\w+|отправил\w*",
    "import": r"получено|received|sourced|took|takes|absorb(?:ed|s)"
    r"|spent|entering|entered|purchases?|purchased|bought|buys?|buying|закуп\w+"
    r"|купил\w*"
    r"|приобрел\w*"
    r"|приобрета\w+",
}
_OFF: dict[Reason, str] = {
    "investment": r"invest\w*|reinvest\w*|fdi|инвест\w+|капиталовлож\w+|вложени\w+|вложил\w*"
    r"|вложен\w*"
    r"|capital|inflows?|капитал\w*|built|costing|funds?|fund(?:ed"
    r"|ing)|financ(?:ed|es|ing)"
    r"|фонд\w*|стоимостью",
    "contracts": r"contracts?|contractors?'?|agreements?|memorand\w+|mous?|deals?|accords?"
    r"|tenders?|documents?"
    r"|документ\w*"
    r"|контракт\w*|соглашени\w+|меморандум\w*|сделк\w+|сделок|договор(?:ов|ы|а|ам)",
    "projects": r"projects?|portfolio|проект(?:а|у|ом|е|ы|ов|ам|ами|ах)?|портфел\w+|construction"
    r"|строительств\w+",
    "balance": r"surplus\w*|deficits?|imbalance|balance|gap|shortfall|сальдо|дефицит\w*"
    r"|профицит\w*|дисбаланс\w*|баланс\w*",
    "share": r"shares?|proportion|accounts?|accounted|accounting|comprises?|comprised|constitut\w+"
    r"|represents?|represented|доля|доли|долю|долей|долям|приход\w+тся|приходилось|пришлось"
    r"|пришелся|обеспечива\w+|занима\w+",
    "company": r"compan(?:y|ies)|firms?|enterprises?|plants?|factor(?:y|ies)|refiner(?:y|ies)"
    r"|revenues?|profits?|startups?|airlines?|entit(?:y|ies)|ventures?|компани\w+|предприят\w+"
    r"|завод\w*|фирм\w*|выручк\w+|прибыл(?:ь|и|ью)|холдинг\w*|концерн\w*|фабрик\w+",
    "services": r"services|услуг\w*|tourism|туризм\w*",
    "retail": r"retail\w*|розничн\w+|wholesale|оптов\w+",
    "transport": r"transit\w*|cargo\w*|freight\w*|tonnage|traffic|transport\w*|haulage|passengers?"
    r"|транзит\w*|грузооборот\w*|грузопоток\w*|грузоперевоз\w*|перевоз\w+|перевез\w+"
    r"|груз(?:а|ов|ы)?|пассажир\w*|пассажирооборот\w*",
    "other indicator": r"gdp|gnp|ввп|внп|inflation|инфляци\w+|population|населени\w+|debts?|долг\w*"
    r"|loans?|credits?|кредит\w*|займ\w*|budget\w*|бюджет\w*|reserves|резерв\w*|remittances?"
    r"|wages?|зарплат\w+|tourists?|турист\w*|visitors?|economy|economies|output|production"
    r"|производств\w+|выпуск\w*|добыч\w+|grants?|грант\w*|aid|помощ\w+|capitali[sz]ation"
    r"|re-?exports?|re-?exported|реэкспорт\w*|unemployment|безработиц\w+|prices?|цен(?:ы|а)"
    r"|tariffs?|duties|пошлин\w*|income|доход\w*|receivables|arrears|owes?|owed|fees?"
    r"|расхожден\w+|discrepanc\w+|обошл\w+|переводы|переводов|сбор(?:ы|ов|ам)|averag(?:ed|ing)"
    r"|в среднем|среднегодов\w+",
}
_GOODS = (
    r"oil|crude|gas|coal|wheat|grain\w*|cereals?|rice|sugar|tea|coffee|cocoa|cotton|fish\w*|seafood"
    r"|meat|beef|poultry|dairy|milk|fruits?|vegetables?|apples?|citrus|nuts?|wines?|food\w*"
    r"|foodstuffs?"
    r"|cars?|vehicles?|automobiles?|autos?|metals?|steel|iron|copper|alumini?um|gold|silver|uranium"
    r"|timber|wood|fertili[sz]ers?|chemicals?|pharmaceutical\w*|medicines?"
    r"|drugs|machinery|equipment"
    r"|electronics?|textiles?|garments?|apparel|clothing|leather|cement|plastics?|diamonds?"
    r"|jewell?ery"
    r"|electricity|energy|fuels?|petroleum|lng|lpg|palm|soybeans?|soya|corn|maize|livestock|cattle"
    r"|flour|salt|tobacco|arms|weapons|semiconductors?|chips|agricultur\w+|agri\w*|agro\w*|farm\w*"
    r"|halal|handicrafts?|"
    r"нефт(?:ь|и|ью)|нефтепродукт\w*|газ(?:а|ом|у)?|угл(?:я|ю|ем)|уголь|пшениц\w+|зерн\w+|рис(?:а)?"
    r"|сахар\w*|ча(?:я|й|ем)|кофе|хлоп\w+|рыб\w+|мяс\w+|говядин\w+|птиц\w+|молок\w+|молочн\w+"
    r"|фрукт\w*|овощ\w*|яблок\w*|вин(?:а|о|ом)|продовольств\w+|автомоб\w+|машин\w*|металл\w*"
    r"|стал(?:ь|и)"
    r"|мед(?:ь|и|ью)|алюмини\w+|золот\w+|уран\w*|лес(?:а|ом)|пиломатериал\w*|древесин\w+"
    r"|удобрени\w+"
    r"|лекарств\w*|фармацевт\w+|оборудовани\w+|электроэнерги\w+|текстил\w*|одежд\w+|цемент\w*"
    r"|мук(?:а|и)"
    r"|табак\w*|оруж\w+|сельхоз\w*|сельскохоз\w+|агро\w+|апк|топлив\w*|бензин\w*|алмаз\w*|мебел\w+"
    r"|растительн\w+|подсолнечн\w+|коньяк\w*|вод(?:ка|ки|кой)|пив(?:а|о)|шоколад\w*|кондитерск\w+"
    r"|сыр(?:а|ов|ы)|ячмен\w+|кукуруз\w+|лен|льна|рапс\w*|семян|муки|хлеб\w*"
    r"|риса|бобов\w+|лук(?:а|ом)"
    r"|картоф\w+|томат\w*|помидор\w*|виноград\w*|сухофрукт\w*|орех\w*"
    r"|чере(?:шни|шня)|хурм\w+|мед(?:а|ом)"
    r"|руд(?:а|ы|у)|цинк\w*|свин(?:ца|ец)|никел\w+|титан\w*|ферросплав\w*"
    r"|прокат\w*|труб(?:ы)?|чугун\w*"
    r"|сер(?:а|ы)|дизел\w+|мазут\w*|битум\w*|спг|снг?газ\w*|пряж\w+|ковр\w+|обув\w+|кож\w+|шерст\w+"
    r"|трактор\w*|грузовик\w*|автобус\w*|самолет\w*|смартфон\w*|телефон\w*"
    r"|электроник\w*|техник(?:а|и|у)"
    r"|косметик\w*|стекл\w+|бумаг\w+|шин(?:ы)?|каучук\w*|пластмасс\w*"
    r"|полимер\w*|химическ\w+|металлург\w+"
    r"|минеральн\w+|баранин\w+|яиц|скота?|креветок|икр(?:а|ы)"
    r"|blueberr\w+|berr(?:y|ies)|avocado\w*|bananas?|grapes?|mango\w*"
    r"|cherr(?:y|ies)|tomato\w*|potato\w*"
    r"|onions?|garlic|flowers?|roses|footwear|shoes?|furniture|bauxite"
    r"|phosphates?|nickel|zinc|lead|lithium"
    r"|cobalt|manganese|chrome|rubber|paper|pulp|shrimps?|prawns?|salmon|honey"
    r"|spices?|pepper|cashews?|sesame"
    r"|tyres?|tires?|tractors?|trucks?|buses|aircraft|ships|phones?"
    r"|smartphones?|computers?|appliances?"
    r"|minerals?|ores?|mining|hydrocarbons?|gasoline|petrol|diesel|barley"
    r"|beans|lentils|pulses|sunflower"
    r"|olives?|eggs?|cheese|butter|chocolate|confectionery|beer|spirits|vodka"
    r"|water|carpets?|cosmetics"
    r"|perfumes?|glass|ceramics?|marble|stones?|yarn|fabrics?|silk|wool|hides"
    r"|khat|qat|dates|almonds?"
    r"|pistachios?|saffron|potash|sulphur|sulfur|ferro\w+|bitumen|kerosene"
    r"|batteries|solar|turbines?"
    r"|pork|lamb|mutton|horticultur\w+|animal|feed|seeds?|bricks"
)
_MOVE = {
    "up": r"overshot|outpaced"
    r"|rose|rises?|risen|rising|rais(?:es?|ed|ing)|grew|grows?|grown|growing|growth|increas\w+|up|jump\w*"
    r"|climb\w*"
    r"|surg\w+|soar\w*|gain(?:s|ed|ing)?|expand\w*|expansion|advanc\w+|improv\w+|boost\w*|leap\w*"
    r"|upticks?|upturns?|upswings?|rallied|edged|picked|bounced|swell\w*|swollen|balloon\w*"
    r"|mushroom\w*|skyrocket\w*|rocket(?:ed|ing)|spik\w+|strengthened|firmed|accelerat\w+"
    r"|plus|hike[ds]?|upsurge\w*|escalat\w+|lift(?:s|ed|ing)?|inched|snowball\w*|burgeon\w*|multipli\w+"
    r"|подрос\w*|подраст\w+|приумнож\w+|умнож\w+|укреп\w+|leapt|rebound\w*|recover\w*|add(?:ed"
    r"|ing)|вырос\w*|вырас\w*|увелич\w+|рост(?:а|у|ом|е)?"
    r"|прирост\w*"
    r"|прибав\w+|поднял\w+|повы(?:с|ш)\w+|возрос\w*|возраст\w+|плюс|нарас\w+|подскоч\w+|взлет\w+"
    r"|расшир\w+|превы(?:с|ш)\w+|растет|растут|росл\w*|рос|ускор\w+",
    "down": r"undershot"
    r"|plummet\w*|reced\w+|subsid(?:ed|ing)|diminish\w*|lessen\w*|backtrack\w*|backslid"
    r"|deteriorat\w+|soften\w*|cool(?:ed|ing)|tank(?:ed|ing)|sagg\w+|erod\w+|lower|minus|shrinkage"
    r"|downswing|contractions"
    r"|eas(?:ed|ing)|retreat\w*|collaps\w+|crash\w*|nosediv\w+|dwindl\w+|обруш\w+|обвал\w*"
    r"|скат\w+|убав\w+|уступ\w+|недобра\w+|fell|falls?|fallen|falling|declin\w+|decreas\w+"
    r"|drop\w*|down|off|shr[aiu]nk\w*"
    r"|contract(?:ed"
    r"|ing|ion)|slid|slides?|slip\w*|plung\w+|tumbl\w+|reduc\w+|dip(?:s|ped)?|slump\w*|shed"
    r"|narrow\w*|downturns?|setbacks?"
    r"|weaken\w*|sank|sink\w*|los(?:t|s)|сокра\w+|сниз\w+|сниж\w+|упа\w+|паден\w+|уменьш\w+|минус"
    r"|спад\w*|просе\w+|потеря\w+|сжа\w+|обвал\w*|падает|рухну\w+|провали\w+|crater\w*|slashed",
}
_MORE = {  # after a number; before one they are hedges
    "up": r"more|higher|larger|bigger|greater|above|ahead|better|больше|выше|более",
    "down": r"worse|less|lower|smaller|fewer|below|under|short|shy|behind|меньше|ниже|менее",
}
MORE = tuple(_MORE["up"].split("|"))
_DONE = (
    r"was|were|is|are|been|stood|stands?|reached|reaches|amounted|amounts|amounting|totall?ed"
    r"|totall?ing|rose|grew|fell|hit|came|comes|made|recorded|registered|exceeded|surpassed|topped"
    r"|passed|climbed|jumped|increased|decreased|declined|dropped|reaching|exceeding|accounted"
    r"|earned"
    r"|posted|crossed|touched|approached|runs|showing|had|already|actual|actually|equalled"
    r"|valued|worth|putting|ran"
    r"|составил\w*|составля\w+|достиг(?:л[аои])?|достигал\w*|вырос(?:л[аои])?|превысил\w*"
    r"|увеличил\w*|сократил\w*|снизил\w*"
    r"|упал\w*|равнял\w*|оценивал\w*|приблизил\w*|прибавил\w*|достигнув|превысив|составив|вышел"
    r"|вышли|был|была|было|были|стал\w*"
)
_MEANT = (
    r"goals?|targets?|targeted|targeting|aims?|aimed|aiming|aspir\w+|ambition\w*|plans?|planned"
    r"|planning|intends?|intended|intention\w*|pledg\w+|hopes?|hoped|hoping|wants?|wanted|wish\w*"
    r"|seeks?|seeking|sought|task\w*|agreed|agree|committed|commitment\w*|vow\w*|strive\w*|striving"
    r"|objective\w*|bent|dream\w*|vision|mandated|instruct\w+|directed|resolved|decided"
    r"|determined|envisag\w+|foresees?"
    r"|eyes?|eyeing|eyed|sights?|keen|roadmap|should|must|ought|working|works?|"
    r"цел(?:ь|и|ью|ей|ям)|целев\w+|задач\w+|намерен\w*|намерева\w+|планир\w+|план(?:ы|а|ов|ом)?"
    r"|рассчитыва\w+|договорил\w+|договоренн\w+|стрем\w+|хотим|хотят|хочет|хотел\w*|поруч\w+"
    r"|ориентир\w*|намечен\w*|наметил\w*|готов(?:ы|ность)?|задуман\w*|решил\w*|условил\w+|нацел\w+"
    r"|собира\w+|должн\w+|должен|следует|нужно|надо|хотелось|доведут|доведем|увеличат|нарастят"
    r"|поднимут|удвоят|утроят|предстоит|обязал\w+|амбици\w+|предусматрива\w+|призвал\w*"
    r"|предложил\w*"
    r"|предложен\w*|предлага\w+|propos(?:ed|es|ing)|urged|подтвердил\w*"
    r"|необходимо"
)
_AHEAD = (
    r"expect\w*|forecast\w*|projected|projections?|projecting|predict\w*|anticipat\w*|outlook"
    r"|will|shall"
    r"|sees|looking|likely|track|course|pace|set|heading|poised|slated|ожида\w+|прогноз\w*"
    r"|предполага\w+"
    r"|достигнет|достигнут|превысит|превысят"
    r"|составит|составят|вырастет|вырастут|увеличится|выйдет|снизится|сократится|будет|будут"
    r"|ждут|ждет|ждем|приблизится|подрастет|возрастет|поднимется|упадет|дойдет"
    r"|перевалит|выйдут|выйдем|достигнем|превысим"
    r"|удвоится|прибавит"
)
_MIGHT = (
    r"could|may|might|potential\w*|possibl[ey]|capable|can|opportunit\w+|would|может|могут"
    r"|могл\w*|мог"
    r"|потенциал\w*|возможно|возможност\w+|способ\w+"
)
_ESTIMATE = r"estimat\w+|preliminary|provisional|предварительн\w+|оценк\w+|оценива\w+"


class Tag(NamedTuple):
    """What a word may say: the kind of the tag, its value, and whether it needs support."""

    kind: str
    value: str
    weak: bool = False


def _compiled() -> list[tuple[Tag, "re.Pattern[str]"]]:
    tables: list[tuple[Tag, str]] = [(Tag("flow", flow), words) for flow, words in _FLOW.items()]
    tables += [(Tag("flow", flow, True), words) for flow, words in _WEAK.items()]
    tables += [(Tag("off", reason), words) for reason, words in _OFF.items()]
    tables += [(Tag("move", way), words) for way, words in _MOVE.items()]
    tables += [(Tag("more", way), words) for way, words in _MORE.items()]
    tables += [
        (Tag("goods", ""), _GOODS),
        (Tag("done", ""), _DONE),
        (Tag("meant", ""), _MEANT),
        (Tag("ahead", ""), _AHEAD),
        (Tag("might", ""), _MIGHT),
        (Tag("estimate", ""), _ESTIMATE),
    ]
    return [(tag, re.compile(words)) for tag, words in tables]


_TABLES = _compiled()


@lru_cache(maxsize=65_536)
def tags(word: str) -> tuple[Tag, ...]:
    """What a lower-cased word may say.

    Examples
    --------
    >>> tags("exports"), tags("вырос")[0]
    ((Tag(kind='flow', value='export', weak=False),), Tag(kind='move', value='up', weak=False))
    """
    plain = word.removesuffix("'s").removesuffix("'")
    return tuple(tag for tag, pattern in _TABLES if pattern.fullmatch(plain))


LOOK_ALIKE = re.compile(
    r"retail|wholesale|domestic|internal|e|online|electronic|intra|intra-group|intra-company"
    r"|stock|share|bond|education|non-traditional|border|cross-border|informal|military"
    r"|defen[cs]e|digital"
    r"|currency|illicit|illegal|foreign-exchange|transit|cargo|freight|passenger|services|arms|drug"
    r"|розничн\w+|оптов\w+|внутренн\w+|электронн\w+|биржев\w+|незаконн\w+|транзитн\w+|контейнерн\w+"
)


def is_off(word: str, reason: str) -> bool:
    """Whether a word names something that is not trade, for a given reason.

    Examples
    --------
    >>> is_off("transit", "transport")
    True
    """
    return any(tag.kind == "off" and tag.value == reason for tag in tags(word))


# A flow word followed or preceded by one of these names something else.
NOT_FLOW_BEFORE = re.compile(
    r"(?:^|[^a-zа-я])(?:ministry of|minister of|minister for|world|free|fair|secretary of"
    r"|department of"
    r"|department for|chamber of|industry and|министерств\w+|министр\w*|свободной"
    r"|минист\w+ промышленности и"
    r"|департамент\w*|зон\w+ свободной|комитет\w* по|палат\w+) (?:industry and |economy and )?$"
)
NOT_FLOW_AFTER = re.compile(
    r"(?: and economic| and investment)?[ -](?:agreements?|deals?|houses?|missions?|fairs?"
    r"|minist\w+|representati\w+"
    r"|relations\w*(?! (?:(?:is|was|now|are) )?worth)|ties|links?|partners?|partnerships?"
    r"|cooperation|wars?|unions?|talks|polic\w+"
    r"|routes?|blocs?|facilitation|barriers?|commission\w*|delegations?|shows?|contracts?|deficits?"
    r"|surplus\w*|balances?|gaps?|imbalances?|councils?|chambers?|organi[sz]ations?|restrictions?"
    r"|sanctions?|finance|credits?|zones?|corridors?|potential|categor\w+|baskets?|ranges?|duty"
    r"|duties"
    r"|agency|structure|data|statistics|issues|disputes?|envoys?|officials?|forums?|negotiat\w+"
    r"|permits?|licen\w+|terms|and-economic|economic|промышленн\w+ палат\w+)\b"
)
ITEM_AFTER = re.compile(r" (?:items?|products?|commodit(?:y|ies)|earners?|good)(?![a-z])")
OWN_TOTAL = re.compile(r"(?:'s?|its|their|country's|while) (?:total|overall) $")
ADJUNCT = re.compile(
    r"(?:under|following|after|thanks to|due to|because of|within the framework of|in line with"
    r"|according to|amid|amidst|against the backdrop of|на фоне|on (?:higher|lower|larger"
    r"|stronger|weaker|increased|reduced)|despite|excluding|without|besides|в рамках|благодаря"
    r"|согласно|после|несмотря на"
    r"|за счет|без учета|кроме)(?: [\w'-]+){0,3} $"
)
CAUSE = re.compile(
    r"(?:thanks to|due to|because of|driven by|on the back of|on(?= (?:higher|lower|larger|stronger"
    r"|weaker|increased|reduced))|owing to|благодаря|за счет|из-за"
    r"|на фоне)"
    r"(?:(?: (?:higher|lower|larger|stronger|weaker|increased|reduced|strong|weak|rising|falling"
    r"|росту|роста|увеличению|крупным))+(?: [a-zа-я]+)?)? $"
)
TOTAL = re.compile(
    r"(?<![a-zа-я])(?:(?<!of )(?<!from )the (?:two-way |overall |combined |bilateral |grand )?total"
    r"(?! of)|(?:the )?(?:sum|total) of (?:the two|both)(?! [a-z])"
    r"|taken together|together|altogether|итого|(?<!составил )(?<!составила )в сумме(?! [\d$€])"
    r"|вместе)(?![a-zа-я])|(?<![a-z])a (?:combined |joint |two-way |grand |overall )(?:total of )?"
    r"(?=(?:(?:about|some|nearly|over) )?(?:[a-z]{1,4})?[ \d$€£])"
)
REVERSE = re.compile(
    r"(?:in the )?(?:opposite|reverse|other) direction|(?:back )?the other way(?: (?:round"
    r"|around))?|(?:в )?обратн\w+ (?:сторону|направлени\w+)"
    r"|(?:обратн|встречн)\w+ (?:поставк\w+|поставок|поток\w*)|встречн(?:ые|ых|ый)(?![а-я])"
)
PARTNERS = re.compile(
    r"trad(?:e|ing) partners?(?![a-z])|(?:first|main|biggest|largest|top|best|leading) (?:customer"
    r"|client|buyer)(?![a-z])|(?:торгов|главн|крупнейш|основн)\w+ (?:торгов\w+ )?партнер\w*"
)
SUM = re.compile(
    r"combined (?:exports and imports|imports and exports)"
    r"|(?:exports?|imports?) (?:plus|and) (?:imports?|exports?)"
    r"(?=\)| combined| together| taken together| between)"
    r"|exports? and imports?(?= between)|imports? and exports?(?= between)"
    r"|обмен\w* товарами|торговые операции|торговых операций|товарных поставок в обе стороны"
    r"|trade operations"
    r"|exchange of goods|goods exchange|(?:экспорт\w*|импорт\w*) (?:плюс|и) (?:импорт\w*"
    r"|экспорт\w*)(?=\)| вместе| в сумме)"
)
INWARD = re.compile(
    r"received (?:[a-z]+ )?(?:goods|merchandise|products)"
    r"|(?:inbound|inward|incoming) (?:shipments|trade|deliveries)"
)
OUTWARD = re.compile(
    r"(?:outbound|outward|outgoing) (?:shipments|trade|deliveries)|flows? of goods (?=from|to)"
    r"|(?<=goods )(?:went|moved|travelled|passed)(?= (?:from|to|into) )"
)
BOTH_WAYS = re.compile(
    r"(?:bilateral|commercial|two-way|trade) flows?(?![a-z])"
    r"|(?:commercial|goods"
    r"|merchandise) exchanges?(?! between (?:companies|firms))(?![a-z])"
    r"|(?:trade|commercial) current"
)
_OF_TWO = (
    r"(?= (?:[a-z]+ly )?(?:[a-z]+(?:ed|aged)|rose|fell|grew|was|were|had|came|stood|went|shrank"
    r"|sank|slid|lost|up|down|at|by|to|stands?|amounts?|is|are)(?![a-z]))"
)
FORMER = re.compile(rf"(?<![a-z])the former{_OF_TWO}")
LATTER = re.compile(rf"(?<![a-z])the latter{_OF_TWO}")
HANDS = re.compile(r"changed? hands")
PHRASES = (
    (BOTH_WAYS, "sum"),
    (HANDS, "sum"),
    (INWARD, "import"),
    (OUTWARD, "export"),
    (SUM, "sum"),
    (REVERSE, "reverse"),
    (FORMER, "former"),
    (LATTER, "latter"),
    (TOTAL, "total"),
    (PARTNERS, "partners"),
)
PHRASE = re.compile("|".join(f"(?P<{name}_{n}>{p.pattern})" for n, (p, name) in enumerate(PHRASES)))
_PHRASE_STEMS = (  # one of which every phrase holds
    *(
        "flow",
        "exchange",
        "current",
        "hands",
        "received",
        "bound ",
        "inward",
        "incoming",
        "outward",
    ),
    *("outgoing", "goods went", "goods moved", "goods travelled", "goods passed", "combined"),
    *("together", "plus", "between", "ports)", "operations", "direction", "other way", "former"),
    *("latter", "total", "altogether", "sum of", "joint", "two-way", "grand", "overall", "partner"),
    *("customer", "client", "buyer", "обмен", "торговы", "обе стороны", "плюс", "вместе", "сумм"),
    *("орт)", "обратн", "встречн", "итого", "партнер"),
)


def may_hold_phrase(low: str) -> bool:
    """Whether `PHRASE` can find something in a lower-cased sentence: a cheap look.

    Examples
    --------
    >>> may_hold_phrase("together that is 5 billion"), may_hold_phrase("exports rose by 8 %")
    (True, False)
    """
    return any(stem in low for stem in _PHRASE_STEMS)


FOREIGN = re.compile(
    r"(?:foreign|external|international|внешн\w+|внешнеторгов\w+)[ -](?:trade "
    r"|economic )?$"
)
PART = re.compile(  # of a country
    r"(?<![a-zа-я])(?:област(?:и|ь|ью|ей)|кра(?:я|ем|й)(?= )|провинци\w+|губерни\w+|province(?:s"
    r"|'s)?|oblasts?"
    r"|prefectures?|counties|county|municipalit\w+)(?![a-zа-я])"
)
MUTUAL = re.compile(
    r"between|our (?:own )?(?:trade|turnover|commerce)|наш\w* (?:торговл\w+"
    r"|товарооборот\w*)|mutual|bilateral|two-way|the two|two countries"
    r"|two sides|between them|между"
    r"|взаимн\w+|двусторонн\w+"
    r"|двух|обеих|сторон(?:ы|ами)?(?![а-я])"
)
SCOPES: dict[Scope, "re.Pattern[str]"] = {
    "goods_and_services": re.compile(r"goods and services|товар\w+ и услуг\w*"),
    "non_oil": re.compile(r"non-?oil|non-?petroleum|ненефт"),
}
OFFICE = re.compile(
    r"(?:customs|statistic\w*|press|news|federal|state|security|central|national|border|tax) $"
)

Hedge = Literal["over", "nearly", "about", "at_least", "at_most"]

# How a number is hedged: words before it, or after it.
_HEDGES: dict[Hedge, str] = {
    "at_least": r"at least |no less than |not less than |no fewer than |a minimum of "
    r"|minimum of "
    r"|не менее(?: чем)? |не меньше |как минимум |минимум |не ниже ",
    "at_most": r"at most |(?<!slightly )(?<!little )(?<!bit )(?<!just )(?<!marginally )(?<!shade )"
    r"(?<!touch )(?<!fractionally )(?:less than|under|below) "
    r"|fewer than |(?<!чуть )(?<!немного )(?<!не )(?:менее(?: чем)?|меньше(?: чем)?|ниже) "
    r"|no more than |not more than |a maximum of |not exceed "
    r"|not exceeding "
    r"|not exceeded |didn't exceed |не более(?: чем)? |не больше |не превы\w+ "
    r"|не (?:достига\w+|дотягива\w+|дотян\w+|достиг\w*|доход\w+) (?:и )?(?:до )?|максимум "
    r"|не выше ",
    "over": r"more than |(?<!turned )over |in excess of |upwards? of |north of |above |exceed(?:s"
        r"|ed|ing)? "
    r"|surpass(?:es|ed|ing)? "
    r"|topp?(?:s|ed|ing)? |cross(?:es|ed|ing)? |pass(?:es|ed|ing)? |greater than |beyond "
    r"|past |outstripp?(?:ed|ing)? |higher than |exceeded the |surpassed the |crossed the "
    r"|passed the "
    r"|свыше |более(?: чем)? |больше(?: чем)? |превы(?:с|ш)\w+ (?:отметк\w+ "
    r"|уровень )?(?:в )?|перевал\w+ за (?:отметк\w+ |рубеж )?(?:в )?"
    r"|(?:преодолел|перешагнул|пересек)\w* (?:отметк\w+ |рубеж |планк\w+ |порог )?(?:в )?|выше "
    r"|с лишним ",
    "nearly": r"(?:nearly|almost) (?:reach(?:ed|ing)|hit|hitting|touched|touching) |nearly "
    "|almost |virtually |close to |approach(?:es|ed|ing)? |just under "
    r"|just short of |(?:a )?little (?:less|under)(?: than)? "
    r"|just below |barely |(?:slightly|marginally|a shade|a touch|fractionally) (?:less|under"
    r"|below)"
    r"(?: than)? |hardly |not quite |(?:within )?a whisker (?:of|from|away from|short of|under) "
    r"|practically |as good as "
    r"|почти(?: на| в)? |без малого |приблиз(?:ил\w+|ится|иться|ятся) (?:вплотную )?к "
    r"|близк\w+ к |вплотную (?:[а-я]+ )?к |подош\w+ (?:вплотную )?к "
    r"|(?:чуть|немного) (?:менее|меньше|ниже)(?: чем)? |едва (?:\w+ )?(?:до )?|до почти ",
    "about": r"about |around |some |approximately |roughly |circa |ca\.? |~ ?|nearly about "
    r"|(?:in the|of the) (?:region|order|neighbou?rhood|vicinity|range) of |somewhere around "
    r"|or so "
    r"|something like |give or take "
    r"|около |порядка |примерно(?: на| в)? |приблизительно(?: на| в)? |в районе |где-то "
    r"|ориентировочно ",
}  # fmt: skip
HEDGES = tuple((name, re.compile(rf"(?<![a-zа-я])(?:{words})$")) for name, words in _HEDGES.items())
_FILLED = re.compile(r"(?:(?:us|a|the|на|в|до|к|to|by|as much as) )+$")
_ANY_HEDGE = re.compile(rf"(?<![a-zа-я])(?:{'|'.join(_HEDGES.values())})(?:{_FILLED.pattern}|$)")
HEDGES_AFTER: tuple[tuple[Hedge, "re.Pattern[str]"], ...] = (
    ("over", re.compile(r" (?:с лишним|с небольшим|plus\b|or more)")),
    ("about", re.compile(r" (?:or so|or thereabouts)")),
)


_NEVER_OVER = re.compile(
    r"(?:never|(?<![a-z])not|n't)(?: [a-z]+){0,2} (?:beyond|past|above|over|more than|exceed(?:ed)?"
    r"|pass(?:ed)?|cross(?:ed)?|topp?(?:ed)?|surpass(?:ed)?) (?:the )?$"
)
_COMPARED = re.compile(
    r"(?:%|per ?cent|percent|times|процент[а-я]*|раза?) (?:below|above|under|over|(?:more|less"
    r"|higher"
    r"|lower) than|выше|ниже|больше|меньше) (?:the )?(?:us)?$|(?:больше|меньше|выше|ниже|more"
    r"|less|higher|lower) (?:на|by) $"
)


def hedge(low: str, start: int, end: int) -> Hedge | None:
    """How the number between two places is hedged; None if it is not.

    Examples
    --------
    >>> hedge("trade exceeded $1.2 bn", 15, 22)
    'over'
    """
    before = low[max(0, start - 40) : start]
    if _COMPARED.search(before):
        return None  # "больше на 14 %" is no hedge
    if _ANY_HEDGE.search(before):
        stripped = _FILLED.sub("", before)
        if _NEVER_OVER.search(before):
            return "at_most"
        for name, pattern in HEDGES:
            if pattern.search(before) or pattern.search(stripped):
                return name
    after = low[end : end + 16]
    return next((name for name, pattern in HEDGES_AFTER if pattern.match(after)), None)
