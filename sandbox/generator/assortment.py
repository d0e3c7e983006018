"""What the invented chain of children's shops sells: groups, properties, price types and warehouses of its 1C
base.

Why data and not code: the mapping of a store to a marketplace is written against exactly these names, so they
stand in one place, are the same for every seed, and README.md repeats them as tables (a test compares the
two). Category and dictionary values come from the sandbox's marketplace, so that a right card is a valid one
there.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.generator.identity import named_guid
from sandbox.ozon import category_data as ozon

CATALOG_ID = "5f6e3c1a-7c1b-11e9-80c9-0cc47ab29cd1"
OWNER_ID = "e23f6640-18fc-11e7-80c2-0cc47ab29cd1"
OWNER_NAME = "Малыш и Ко ООО"


@dataclass(frozen=True)
class Warehouse:
    """A warehouse of 1C and the marketplace's warehouse that shows its stock."""

    guid: str
    name: str
    marketplace_id: int


WAREHOUSES: tuple[Warehouse, ...] = (
    Warehouse("6abdb0b5-18fd-11e7-80c2-0cc47ab29cd1", "Основной склад", 1020000000001),
    Warehouse("d2a52d49-19c9-11e7-80c2-0cc47ab29cd1", "Склад Казань", 1020000000002),
    Warehouse("dd306af1-19c9-11e7-80c2-0cc47ab29cd1", "Магазин на Ленина", 1020000000003),
)


@dataclass(frozen=True)
class PriceType:
    """A price type; `currency` is the text that this 1C writes for the rouble in it."""

    guid: str
    name: str
    currency: str


RETAIL = PriceType("279b6812-740b-11e8-80c8-0cc47ab29cd1", "Розничная", "руб")
OLD = PriceType("279b6813-740b-11e8-80c8-0cc47ab29cd1", "Старая цена", "RUB")
FLOOR = PriceType("279b6814-740b-11e8-80c8-0cc47ab29cd1", "Минимальная", "RUB")
PRICE_TYPES: tuple[PriceType, ...] = (RETAIL, OLD, FLOOR)


@dataclass(frozen=True)
class Property:
    """A property of the classifier. `values` is filled for directories («Справочник») only.

    `attribute_id` is the marketplace's attribute that it feeds, 0 where it feeds a field of the card instead.
    """

    key: str
    name: str
    kind: str
    meaning: str
    attribute_id: int = 0
    values: tuple[str, ...] = ()

    @property
    def guid(self) -> str:
        return named_guid("property", self.name)

    def value_guid(self, value: str) -> str:
        return named_guid("value", self.name, value)


def _values(dictionary: ozon.Dictionary) -> tuple[str, ...]:
    return tuple(entry.value for entry in dictionary.values)


BRANDS: tuple[str, ...] = tuple(name for name in _values(ozon.BRANDS) if name != "Нет бренда")
UNKNOWN_BRAND = "Ясельки-Карусельки"
"""A maker that the marketplace's dictionary does not hold."""

YES = "Да"
NO = "Нет"

PROPERTIES: tuple[Property, ...] = (
    Property(
        "mark",
        "Выгружать на Ozon",
        "Справочник",
        "the good is an offer of account `ozon` when it is «Да»",
        0,
        (YES, NO),
    ),
    Property("length", "Длина упаковки, см", "Число", "card `depth`, cm with a decimal comma"),
    Property("width", "Ширина упаковки, см", "Число", "card `width`, cm with a decimal comma"),
    Property("height", "Высота упаковки, см", "Число", "card `height`, cm with a decimal comma"),
    Property("weight", "Вес с упаковкой, кг", "Число", "card `weight`, kg with a decimal comma"),
    Property(
        "brand",
        "Бренд",
        "Справочник",
        "equal to Изготовитель, on two thirds of the goods only",
        ozon.BRAND_ATTRIBUTE_ID,
        (*BRANDS, UNKNOWN_BRAND),
    ),
    Property(
        "country",
        "Страна производства",
        "Справочник",
        "country of origin",
        ozon.COUNTRY_ATTRIBUTE_ID,
        _values(ozon.COUNTRIES),
    ),
    Property(
        "colour",
        "Цвет",
        "Справочник",
        "colour of a good without variants by colour",
        ozon.COLOUR_ATTRIBUTE_ID,
        _values(ozon.COLOURS),
    ),
    Property(
        "material",
        "Материал",
        "Справочник",
        "main material",
        ozon.MATERIAL_ATTRIBUTE_ID,
        _values(ozon.MATERIALS),
    ),
    Property("age", "Возраст", "Справочник", "age of the child", ozon.AGE_ATTRIBUTE_ID, _values(ozon.AGES)),
    Property("sex", "Пол", "Справочник", "boy, girl or both", ozon.SEX_ATTRIBUTE_ID, _values(ozon.SEXES)),
    Property(
        "season", "Сезон", "Справочник", "season of clothes", ozon.SEASON_ATTRIBUTE_ID, _values(ozon.SEASONS)
    ),
    Property(
        "child_weight",
        "Вес ребёнка, кг",
        "Справочник",
        "size of a nappy",
        ozon.CHILD_WEIGHT_ATTRIBUTE_ID,
        _values(ozon.CHILD_WEIGHTS),
    ),
    Property("pieces", "Количество в упаковке, шт", "Число", "pieces in a pack", ozon.PIECES_ATTRIBUTE_ID),
    Property("volume", "Объём, мл", "Число", "volume in millilitres", ozon.VOLUME_ATTRIBUTE_ID),
    Property(
        "car_seat_group",
        "Группа автокресла",
        "Справочник",
        "weight group of a car seat",
        ozon.CAR_SEAT_GROUP_ATTRIBUTE_ID,
        _values(ozon.CAR_SEAT_GROUPS),
    ),
    Property(
        "parts", "Количество деталей", "Число", "parts of a construction set", ozon.PARTS_COUNT_ATTRIBUTE_ID
    ),
    Property("composition", "Состав", "Строка", "ingredients", ozon.COMPOSITION_ATTRIBUTE_ID),
    Property(
        "shelf_life", "Срок годности, дней", "Число", "shelf life in days", ozon.SHELF_LIFE_ATTRIBUTE_ID
    ),
    Property(
        "mattress_size",
        "Размер матраса, см",
        "Справочник",
        "size of the mattress",
        ozon.MATTRESS_SIZE_ATTRIBUTE_ID,
        _values(ozon.MATTRESS_SIZES),
    ),
    Property("pages", "Количество страниц", "Число", "pages of a book", ozon.PAGES_ATTRIBUTE_ID),
    Property(
        "cover", "Тип обложки", "Справочник", "cover of a book", ozon.COVER_ATTRIBUTE_ID, _values(ozon.COVERS)
    ),
    Property("author", "Автор", "Строка", "author of a book", ozon.AUTHOR_ATTRIBUTE_ID),
    Property("isbn", "ISBN", "Строка", "ISBN of a book, with dashes", ozon.ISBN_ATTRIBUTE_ID),
    Property("ozon_id", "Код ОЗОН", "Строка", "product_id or sku of a card that people made by hand"),
)

PROPERTY: dict[str, Property] = {entry.key: entry for entry in PROPERTIES}

SIZE = "Размер"
COLOUR = "Цвет"
CHARACTERISTICS: dict[str, tuple[int, str]] = {
    SIZE: (ozon.CLOTHES_SIZE_ATTRIBUTE_ID, "height of the child in cm, one of the marketplace's values"),
    COLOUR: (ozon.COLOUR_ATTRIBUTE_ID, "colour of the variant, one of the marketplace's values"),
}
"""Names of ХарактеристикаТовара in the offers of variants, with the attribute that each feeds."""

SIZES: tuple[str, ...] = _values(ozon.CLOTHES_SIZES)
COLOURS: tuple[str, ...] = _values(ozon.COLOURS)


@dataclass(frozen=True)
class Group:
    """A second-level group of 1C with everything needed to invent its goods.

    `box` are the ranges of length, width and height in mm; `density` is the range in g/cm3 (the marketplace
    accepts 0.001 to 13.55, Ozon Seller API /v3/product/import); `price` is in roubles; `axes` are the
    characteristics by which its goods have variants, none for goods without variants; `share` is its weight
    among the goods.
    """

    parent: str
    name: str
    category: str
    type: str
    prefix: str
    share: int
    vat: int
    pack: bool
    nouns: tuple[str, ...]
    price: tuple[int, int]
    box: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    density: tuple[float, float]
    properties: tuple[str, ...]
    materials: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()

    @property
    def guid(self) -> str:
        return named_guid("group", self.parent, self.name)


def _group(
    path: str,
    target: str,
    prefix: str,
    share: int,
    vat: int,
    nouns: tuple[str, ...],
    price: tuple[int, int],
    box: tuple[tuple[int, int], tuple[int, int], tuple[int, int]],
    density: tuple[float, float],
    properties: tuple[str, ...],
    *,
    materials: tuple[str, ...] = (),
    ages: tuple[str, ...] = (),
    axes: tuple[str, ...] = (),
    pack: bool = False,
) -> Group:
    parent, name = path.split("/")
    category, _, kind = target.partition("/")
    return Group(
        parent,
        name,
        category,
        kind,
        prefix,
        share,
        vat,
        pack,
        nouns,
        price,
        box,
        density,
        properties,
        materials,
        ages,
        axes,
    )


GROUPS: tuple[Group, ...] = (
    _group(
        "Гигиена и уход/Подгузники",
        "Подгузники и пелёнки/Подгузники",
        "PG",
        7,
        10,
        ("Подгузники", "Подгузники ночные", "Подгузники для новорождённых"),
        (390, 2990),
        ((280, 480), (200, 300), (110, 260)),
        (0.10, 0.18),
        ("country", "child_weight", "pieces"),
        pack=True,
    ),
    _group(
        "Гигиена и уход/Подгузники-трусики",
        "Подгузники и пелёнки/Подгузники-трусики",
        "PT",
        6,
        10,
        ("Подгузники-трусики", "Трусики ночные"),
        (490, 3290),
        ((280, 480), (200, 300), (110, 260)),
        (0.10, 0.18),
        ("country", "child_weight", "pieces"),
        pack=True,
    ),
    _group(
        "Гигиена и уход/Кремы и масла",
        "Средства по уходу за детьми/Крем детский",
        "KR",
        6,
        22,
        ("Крем детский", "Крем под подгузник", "Крем защитный"),
        (120, 990),
        ((140, 180), (50, 70), (35, 50)),
        (0.35, 0.80),
        ("country", "volume", "shelf_life", "age"),
        ages=("С рождения", "От 3 месяцев", "От 1 года"),
    ),
    _group(
        "Гигиена и уход/Влажные салфетки",
        "Средства по уходу за детьми/Салфетки влажные детские",
        "SV",
        6,
        22,
        ("Салфетки влажные", "Салфетки влажные без отдушки"),
        (79, 690),
        ((180, 230), (90, 120), (40, 90)),
        (0.30, 0.55),
        ("country", "pieces"),
        pack=True,
    ),
    _group(
        "Прогулки и поездки/Коляски прогулочные",
        "Коляски/Коляска прогулочная",
        "KL",
        5,
        10,
        ("Коляска прогулочная", "Коляска-трость", "Коляска прогулочная складная"),
        (6990, 48990),
        ((760, 980), (380, 520), (240, 420)),
        (0.06, 0.12),
        ("country", "material"),
        materials=("Алюминий", "Металл", "Полиэстер"),
        axes=(COLOUR,),
    ),
    _group(
        "Прогулки и поездки/Автокресла",
        "Автокресла/Автокресло",
        "AK",
        4,
        22,
        ("Автокресло", "Автокресло поворотное"),
        (7990, 39990),
        ((620, 760), (440, 500), (420, 520)),
        (0.04, 0.09),
        ("country", "colour", "material", "car_seat_group"),
        materials=("Пластик", "Полипропилен", "АБС-пластик"),
    ),
    _group(
        "Кормление/Бутылочки",
        "Бутылочки и соски/Бутылочка для кормления",
        "BT",
        6,
        22,
        ("Бутылочка для кормления", "Бутылочка антиколиковая", "Бутылочка с широким горлом"),
        (190, 1590),
        ((170, 220), (65, 90), (60, 80)),
        (0.08, 0.25),
        ("country", "colour", "material", "volume", "age"),
        materials=("Полипропилен", "Стекло", "Силикон"),
        ages=("С рождения", "От 3 месяцев", "От 6 месяцев"),
    ),
    _group(
        "Кормление/Пюре",
        "Детское питание/Пюре детское",
        "PU",
        7,
        10,
        ("Пюре яблочное", "Пюре грушевое", "Пюре из тыквы", "Пюре из индейки"),
        (45, 320),
        ((80, 100), (60, 75), (60, 75)),
        (0.45, 0.95),
        ("country", "composition", "shelf_life", "age"),
        ages=("От 6 месяцев", "От 9 месяцев"),
    ),
    _group(
        "Игрушки/Развивающие игрушки",
        "Развивающие игрушки/Развивающая игрушка",
        "RI",
        12,
        10,
        ("Сортер", "Бизиборд", "Пирамидка", "Развивающий куб", "Игрушка-каталка"),
        (290, 4990),
        ((200, 380), (150, 280), (60, 200)),
        (0.06, 0.30),
        ("country", "colour", "material", "age"),
        materials=("Дерево", "Пластик", "Берёза", "АБС-пластик"),
        ages=("От 9 месяцев", "От 1 года", "От 2 лет"),
    ),
    _group(
        "Игрушки/Конструкторы",
        "Конструкторы/Конструктор",
        "KN",
        9,
        10,
        ("Конструктор", "Конструктор магнитный", "Конструктор деревянный"),
        (490, 8990),
        ((260, 480), (190, 380), (50, 120)),
        (0.12, 0.35),
        ("country", "material", "parts", "age", "sex"),
        materials=("АБС-пластик", "Пластик", "Дерево"),
        ages=("От 3 лет", "От 4 лет", "От 6 лет", "От 8 лет"),
    ),
    _group(
        "Игрушки/Мягкие игрушки",
        "Мягкие игрушки/Мягкая игрушка",
        "MI",
        10,
        10,
        ("Мягкая игрушка Медведь", "Мягкая игрушка Заяц", "Мягкая игрушка Кит", "Мягкая игрушка Лиса"),
        (390, 3990),
        ((180, 600), (150, 400), (100, 300)),
        (0.02, 0.08),
        ("country", "colour", "material", "age"),
        materials=("Плюш", "Флис", "Хлопок", "Полиэстер"),
        ages=("С рождения", "От 1 года", "От 3 лет"),
    ),
    _group(
        "Игрушки/Игровые коврики",
        "Детские коврики/Коврик игровой",
        "KV",
        5,
        22,
        ("Коврик игровой", "Коврик-пазл", "Коврик складной"),
        (890, 7990),
        ((600, 1050), (180, 400), (60, 180)),
        (0.03, 0.10),
        ("country", "colour", "material", "age"),
        materials=("Пенополиуретан", "Вспененный полиэтилен (EVA)"),
        ages=("С рождения", "От 6 месяцев"),
    ),
    _group(
        "Одежда/Боди",
        "Боди и комбинезоны/Боди детское",
        "BD",
        5,
        10,
        ("Боди с длинным рукавом", "Боди с коротким рукавом", "Боди-футболка"),
        (350, 1690),
        ((220, 300), (160, 220), (15, 35)),
        (0.08, 0.20),
        ("country", "material", "sex", "season"),
        materials=("Хлопок", "Органический хлопок", "Бамбуковое волокно"),
        axes=(SIZE, COLOUR),
    ),
    _group(
        "Одежда/Комбинезоны",
        "Боди и комбинезоны/Комбинезон детский",
        "KB",
        4,
        10,
        ("Комбинезон утеплённый", "Комбинезон трикотажный", "Комбинезон демисезонный"),
        (1290, 9990),
        ((320, 420), (260, 340), (50, 110)),
        (0.05, 0.15),
        ("country", "material", "sex", "season"),
        materials=("Полиэстер", "Флис", "Шерсть", "Хлопок"),
        axes=(SIZE, COLOUR),
    ),
    _group(
        "Детская комната/Кроватки",
        "Кроватки/Кроватка детская",
        "KD",
        3,
        10,
        ("Кроватка детская", "Кроватка-маятник", "Кроватка-трансформер"),
        (5990, 32990),
        ((1180, 1320), (620, 740), (140, 220)),
        (0.12, 0.22),
        ("country", "material", "mattress_size", "age"),
        materials=("Берёза", "Дерево", "МДФ"),
        ages=("С рождения",),
        axes=(COLOUR,),
    ),
    _group(
        "Книги/Книги для малышей",
        "Книги для малышей/Книжка детская",
        "KG",
        5,
        10,
        ("Книжка-картонка", "Сказки", "Стихи для малышей", "Книжка с окошками"),
        (150, 1490),
        ((160, 290), (160, 220), (8, 30)),
        (0.45, 0.95),
        ("country", "pages", "cover", "author", "isbn", "age"),
        ages=("От 1 года", "От 2 лет", "От 3 лет"),
    ),
)

UNMAPPED = _group(
    "Разное/Без категории",
    "",
    "NK",
    0,
    22,
    ("Товар без категории",),
    (100, 900),
    ((100, 200), (80, 150), (30, 90)),
    (0.1, 0.4),
    ("country",),
)
"""The group that no mapping knows: its goods must be rejected with `unmapped_category`."""

ALL_GROUPS: tuple[Group, ...] = (*GROUPS, UNMAPPED)

THEMES: tuple[str, ...] = (
    "Лесные друзья",
    "Звёздное небо",
    "Морская прогулка",
    "Весёлая ферма",
    "Мишкина школа",
    "Радуга",
    "Сладкий сон",
    "Первые шаги",
    "Город & Ко",
    "Космос",
    "Зимняя сказка",
    "Джунгли",
    "Облачко",
    "Парад планет",
    "Ёжик",
    "Полянка",
    "Карнавал",
    "Чудо-остров",
    "Маленький принц",
    "Северный ветер",
    "Тёплый вечер",
    "Колокольчик",
    "Домик в деревне",
    "Паровозик",
    "Волшебный сад",
    "Ладошки",
    "Кот и мышь",
    "Одуванчики",
    "Добрый день",
    "Пикник",
)

AUTHORS: tuple[str, ...] = (
    "Серова М. А.",
    "Лужин П. К.",
    "Тихонова Е. В.",
    "Ветров И. Н.",
    "Осинина А. Д.",
    "Мельникова О. Ю.",
)


@dataclass(frozen=True)
class Target:
    """Where the goods of a group go on the marketplace."""

    category_id: int
    type_id: int
    required: tuple[int, ...]


def _targets() -> dict[Group, Target]:
    found: dict[tuple[str, str], Target] = {}

    def walk(categories: tuple[ozon.Category, ...]) -> None:
        for category in categories:
            walk(category.children)
            for leaf in category.types:
                found[category.name, leaf.name] = Target(
                    category.id, leaf.id, (*ozon.COMMON_REQUIRED, *leaf.required)
                )

    walk(ozon.TREE)
    return {group: found[group.category, group.type] for group in GROUPS}


TARGETS: dict[Group, Target] = _targets()
"""Category and type of each mapped group, found by their names in the sandbox's tree."""
