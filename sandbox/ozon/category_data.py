"""The category tree, attributes and dictionaries of the sandbox's Ozon: children's goods, in Russian.

Why a module of plain data: the catalog, the import validation, the hand-made cards and the generator of
deliveries all need the same tree, and a literal is the one form that all of them can read without parsing.
Shapes follow Ozon Seller API /v1/description-category/*; the numbers are invented except the attribute ids
8229, 9048, 85, 21841 and 21837, which are the real ones. Dictionary value ids are `first id + position`:
append to a list, never insert or reorder.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_ATTRIBUTE_ID = 8229
MODEL_NAME_ATTRIBUTE_ID = 9048
BRAND_ATTRIBUTE_ID = 85
VIDEO_URL_ATTRIBUTE_ID = 21841
VIDEO_NAME_ATTRIBUTE_ID = 21837
VIDEO_COMPLEX_ID = 100001

COUNTRY_ATTRIBUTE_ID = 20010
COLOUR_ATTRIBUTE_ID = 20020
MATERIAL_ATTRIBUTE_ID = 20030
AGE_ATTRIBUTE_ID = 20040
SEX_ATTRIBUTE_ID = 20050
CLOTHES_SIZE_ATTRIBUTE_ID = 20060
ANNOTATION_ATTRIBUTE_ID = 20070
CHILD_WEIGHT_ATTRIBUTE_ID = 20080
PIECES_ATTRIBUTE_ID = 20090
VOLUME_ATTRIBUTE_ID = 20100
CAR_SEAT_GROUP_ATTRIBUTE_ID = 20110
PARTS_COUNT_ATTRIBUTE_ID = 20120
HYPOALLERGENIC_ATTRIBUTE_ID = 20130
AUTHOR_ATTRIBUTE_ID = 20140
ISBN_ATTRIBUTE_ID = 20150
PAGES_ATTRIBUTE_ID = 20160
COVER_ATTRIBUTE_ID = 20170
COMPOSITION_ATTRIBUTE_ID = 20190
SHELF_LIFE_ATTRIBUTE_ID = 20200
MATTRESS_SIZE_ATTRIBUTE_ID = 20210
MAX_LOAD_ATTRIBUTE_ID = 20220
SEASON_ATTRIBUTE_ID = 20230
SELLER_CODE_ATTRIBUTE_ID = 20240
KEYWORDS_ATTRIBUTE_ID = 20250


@dataclass(frozen=True)
class DictionaryValue:
    """One value of a dictionary; `id` is what an import sends as `dictionary_value_id`."""

    id: int
    value: str
    info: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Dictionary:
    id: int
    name: str
    values: tuple[DictionaryValue, ...]


@dataclass(frozen=True)
class Attribute:
    """A characteristic. `type` is one of String, multiline, Integer, Decimal, Boolean, URL; `dictionary_id`
    0 is free text.
    """

    id: int
    name: str
    type: str
    description: str = ""
    dictionary_id: int = 0
    is_collection: bool = False
    is_aspect: bool = False
    max_value_count: int = 0
    category_dependent: bool = False
    group_id: int = 0
    group_name: str = ""
    complex_id: int = 0


@dataclass(frozen=True)
class ProductType:
    """A leaf of the tree. `required` and `optional` are attribute ids on top of COMMON_REQUIRED and
    COMMON_OPTIONAL.
    """

    id: int
    name: str
    required: tuple[int, ...] = ()
    optional: tuple[int, ...] = ()
    disabled: bool = False


@dataclass(frozen=True)
class Category:
    """A node with either sub-categories or, on the last level, types."""

    id: int
    name: str
    children: tuple[Category, ...] = ()
    types: tuple[ProductType, ...] = ()
    disabled: bool = False


def _dictionary(dictionary_id: int, name: str, first_value_id: int, values: tuple[str, ...]) -> Dictionary:
    return Dictionary(
        dictionary_id,
        name,
        tuple(DictionaryValue(first_value_id + n, value) for n, value in enumerate(values)),
    )


BRANDS = _dictionary(
    28732849,
    "Бренд",
    126_745_801,
    (
        "Нет бренда",
        "Солнышко",
        "Умка Кидс",
        "Бусинка",
        "Тёплый дом",
        "Малышарики",
        "Лесная сказка",
        "Ёжик в тумане",
        "Карапуз",
        "Пчёлка Майя",
        "Звездочёт",
        "Мишутка",
        "Топтыжка",
        "Пупсик",
        "Кроха",
        "Ладушки",
        "Одуванчик",
        "Радуга детства",
        "Белый слон",
        "Зайка моя",
        "Кораблик",
        "Капитошка",
        "Снежинка",
        "Гномик",
        "Сверчок",
        "Первый шаг",
        "Добрый жираф",
        "Сонный кит",
        "Тигрёнок",
        "Кубик-Рубик Плюс",
        "BabyBloom",
        "Little Otter",
        "KinderLuft",
        "Nordic Nest",
        "MamaPapa",
        "O'Kids",
        "Happy Beaver",
        "Tiny & Co",
        "PlayMoose",
        "Dolce Bambino",
        "Mon Petit",
        "Sleepy Fox",
        "Peekaboo Lab",
        "Drive&Seek",
        "EcoTots",
        "Wooden Whale",
        "Milk & Honey Baby",
        "7 гномов",
        "Умница",
        "Чудо-Чадо",
    ),
)

COUNTRIES = _dictionary(
    1935,
    "Страна-изготовитель",
    90_295,
    (
        "Россия",
        "Беларусь",
        "Казахстан",
        "Китай",
        "Турция",
        "Узбекистан",
        "Киргизия",
        "Армения",
        "Вьетнам",
        "Индия",
        "Индонезия",
        "Бангладеш",
        "Таиланд",
        "Тайвань",
        "Япония",
        "Республика Корея",
        "Германия",
        "Италия",
        "Польша",
        "Франция",
        "Испания",
        "Португалия",
        "Дания",
        "Швеция",
        "Чехия",
        "Сербия",
    ),
)

COLOURS = _dictionary(
    1494,
    "Цвет товара",
    61_571,
    (
        "белый",
        "чёрный",
        "серый",
        "светло-серый",
        "тёмно-серый",
        "красный",
        "бордовый",
        "розовый",
        "фуксия",
        "оранжевый",
        "коралловый",
        "жёлтый",
        "горчичный",
        "зелёный",
        "мятный",
        "оливковый",
        "голубой",
        "синий",
        "тёмно-синий",
        "бирюзовый",
        "фиолетовый",
        "сиреневый",
        "бежевый",
        "молочный",
        "коричневый",
        "разноцветный",
        "прозрачный",
    ),
)

MATERIALS = _dictionary(
    1498,
    "Материал",
    62_001,
    (
        "Хлопок",
        "Органический хлопок",
        "Полиэстер",
        "Шерсть",
        "Бамбуковое волокно",
        "Флис",
        "Плюш",
        "Дерево",
        "Берёза",
        "МДФ",
        "Пластик",
        "АБС-пластик",
        "Полипропилен",
        "Силикон",
        "Латекс",
        "Стекло",
        "Металл",
        "Алюминий",
        "Картон",
        "Пенополиуретан",
        "Кокосовая койра",
        "Вспененный полиэтилен (EVA)",
    ),
)

AGES = _dictionary(
    1501,
    "Возраст ребёнка",
    63_101,
    (
        "С рождения",
        "От 3 месяцев",
        "От 6 месяцев",
        "От 9 месяцев",
        "От 1 года",
        "От 1,5 лет",
        "От 2 лет",
        "От 3 лет",
        "От 4 лет",
        "От 5 лет",
        "От 6 лет",
        "От 8 лет",
        "От 10 лет",
        "От 12 лет",
    ),
)

SEXES = _dictionary(1502, "Пол ребёнка", 63_201, ("Мальчик", "Девочка", "Унисекс"))

CLOTHES_SIZES = _dictionary(
    1503,
    "Размер (рост)",
    63_301,
    ("50", "56", "62", "68", "74", "80", "86", "92", "98", "104", "110", "116", "122", "128"),
)

CHILD_WEIGHTS = _dictionary(
    1504,
    "Вес ребёнка",
    63_401,
    ("до 3 кг", "2-5 кг", "3-6 кг", "4-8 кг", "6-11 кг", "9-14 кг", "12-17 кг", "15-25 кг", "от 18 кг"),
)

CAR_SEAT_GROUPS = _dictionary(
    1505,
    "Группа автокресла",
    63_501,
    ("0 (до 10 кг)", "0+ (до 13 кг)", "0+/1 (до 18 кг)", "1 (9-18 кг)", "1/2/3 (9-36 кг)", "2/3 (15-36 кг)"),
)

COVERS = _dictionary(1506, "Тип обложки", 63_601, ("Твёрдая", "Мягкая", "Картонная", "Тканевая"))

MATTRESS_SIZES = _dictionary(
    1507, "Размер матраса", 63_701, ("60 x 120", "65 x 125", "70 x 140", "70 x 160", "80 x 160", "80 x 190")
)

SEASONS = _dictionary(1508, "Сезон", 63_801, ("На любой сезон", "Лето", "Зима", "Демисезон"))

_HYGIENE, _GENERAL, _TEXT, _MEDIA = 10, 20, 30, 40

ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(
        TYPE_ATTRIBUTE_ID,
        "Тип",
        "String",
        "Выберите наиболее подходящий тип товара",
        dictionary_id=1960,
        category_dependent=True,
        group_id=_GENERAL,
        group_name="Общие",
    ),
    Attribute(
        MODEL_NAME_ATTRIBUTE_ID,
        "Название модели (для объединения в одну карточку)",
        "String",
        "Товары с одинаковым значением объединяются в одну карточку",
        group_id=_GENERAL,
        group_name="Общие",
    ),
    Attribute(
        BRAND_ATTRIBUTE_ID,
        "Бренд",
        "String",
        "Если у товара нет бренда, используйте значение «Нет бренда»",
        dictionary_id=BRANDS.id,
        category_dependent=True,
        group_id=_GENERAL,
        group_name="Общие",
    ),
    Attribute(
        COUNTRY_ATTRIBUTE_ID,
        "Страна-изготовитель",
        "String",
        dictionary_id=COUNTRIES.id,
        is_collection=True,
        max_value_count=5,
        group_id=_GENERAL,
        group_name="Общие",
    ),
    Attribute(
        COLOUR_ATTRIBUTE_ID,
        "Цвет товара",
        "String",
        "Основной цвет; по нему различаются варианты одной карточки",
        dictionary_id=COLOURS.id,
        is_collection=True,
        is_aspect=True,
        max_value_count=3,
        group_id=_GENERAL,
        group_name="Общие",
    ),
    Attribute(
        MATERIAL_ATTRIBUTE_ID,
        "Материал",
        "String",
        dictionary_id=MATERIALS.id,
        is_collection=True,
        max_value_count=4,
        group_id=_GENERAL,
        group_name="Общие",
    ),
    Attribute(
        AGE_ATTRIBUTE_ID,
        "Возраст ребёнка",
        "String",
        dictionary_id=AGES.id,
        is_collection=True,
        group_id=_GENERAL,
        group_name="Общие",
    ),
    Attribute(SEX_ATTRIBUTE_ID, "Пол ребёнка", "String", dictionary_id=SEXES.id),
    Attribute(CLOTHES_SIZE_ATTRIBUTE_ID, "Размер (рост, см)", "String", dictionary_id=CLOTHES_SIZES.id),
    Attribute(ANNOTATION_ATTRIBUTE_ID, "Аннотация", "multiline", group_id=_TEXT, group_name="Описание"),
    Attribute(CHILD_WEIGHT_ATTRIBUTE_ID, "Вес ребёнка, кг", "String", dictionary_id=CHILD_WEIGHTS.id),
    Attribute(PIECES_ATTRIBUTE_ID, "Количество в упаковке, шт", "Integer"),
    Attribute(VOLUME_ATTRIBUTE_ID, "Объём, мл", "Decimal"),
    Attribute(CAR_SEAT_GROUP_ATTRIBUTE_ID, "Группа автокресла", "String", dictionary_id=CAR_SEAT_GROUPS.id),
    Attribute(PARTS_COUNT_ATTRIBUTE_ID, "Количество деталей", "Integer"),
    Attribute(
        HYPOALLERGENIC_ATTRIBUTE_ID, "Гипоаллергенно", "Boolean", group_id=_HYGIENE, group_name="Гигиена"
    ),
    Attribute(AUTHOR_ATTRIBUTE_ID, "Автор", "String", is_collection=True, max_value_count=10),
    Attribute(ISBN_ATTRIBUTE_ID, "ISBN", "String"),
    Attribute(PAGES_ATTRIBUTE_ID, "Количество страниц", "Integer"),
    Attribute(COVER_ATTRIBUTE_ID, "Тип обложки", "String", dictionary_id=COVERS.id),
    Attribute(COMPOSITION_ATTRIBUTE_ID, "Состав", "multiline", group_id=_TEXT, group_name="Описание"),
    Attribute(SHELF_LIFE_ATTRIBUTE_ID, "Срок годности в днях", "Integer"),
    Attribute(MATTRESS_SIZE_ATTRIBUTE_ID, "Размер матраса, см", "String", dictionary_id=MATTRESS_SIZES.id),
    Attribute(MAX_LOAD_ATTRIBUTE_ID, "Максимальная нагрузка, кг", "Decimal"),
    Attribute(SEASON_ATTRIBUTE_ID, "Сезон", "String", dictionary_id=SEASONS.id),
    Attribute(SELLER_CODE_ATTRIBUTE_ID, "Артикул производителя", "String"),
    Attribute(KEYWORDS_ATTRIBUTE_ID, "Ключевые слова", "String", group_id=_TEXT, group_name="Описание"),
    Attribute(
        VIDEO_URL_ATTRIBUTE_ID,
        "Озон.Видео: ссылка",
        "URL",
        group_id=_MEDIA,
        group_name="Медиа",
        complex_id=VIDEO_COMPLEX_ID,
    ),
    Attribute(
        VIDEO_NAME_ATTRIBUTE_ID,
        "Озон.Видео: название",
        "String",
        group_id=_MEDIA,
        group_name="Медиа",
        complex_id=VIDEO_COMPLEX_ID,
    ),
)

COMMON_REQUIRED: tuple[int, ...] = (TYPE_ATTRIBUTE_ID, MODEL_NAME_ATTRIBUTE_ID, BRAND_ATTRIBUTE_ID)
COMMON_OPTIONAL: tuple[int, ...] = (
    COUNTRY_ATTRIBUTE_ID,
    COLOUR_ATTRIBUTE_ID,
    MATERIAL_ATTRIBUTE_ID,
    AGE_ATTRIBUTE_ID,
    ANNOTATION_ATTRIBUTE_ID,
    SELLER_CODE_ATTRIBUTE_ID,
    KEYWORDS_ATTRIBUTE_ID,
    VIDEO_URL_ATTRIBUTE_ID,
    VIDEO_NAME_ATTRIBUTE_ID,
)

_CLOTHES_REQUIRED = (SEX_ATTRIBUTE_ID, CLOTHES_SIZE_ATTRIBUTE_ID, COLOUR_ATTRIBUTE_ID)

TREE: tuple[Category, ...] = (
    Category(
        92_000_001,
        "Детские товары",
        children=(
            Category(
                92_000_010,
                "Гигиена и уход",
                children=(
                    Category(
                        92_000_011,
                        "Подгузники и пелёнки",
                        types=(
                            ProductType(
                                971_000_001,
                                "Подгузники",
                                required=(CHILD_WEIGHT_ATTRIBUTE_ID, PIECES_ATTRIBUTE_ID),
                                optional=(HYPOALLERGENIC_ATTRIBUTE_ID, SEX_ATTRIBUTE_ID),
                            ),
                            ProductType(
                                971_000_002,
                                "Подгузники-трусики",
                                required=(CHILD_WEIGHT_ATTRIBUTE_ID, PIECES_ATTRIBUTE_ID),
                                optional=(HYPOALLERGENIC_ATTRIBUTE_ID, SEX_ATTRIBUTE_ID),
                            ),
                            ProductType(971_000_003, "Пелёнка одноразовая", required=(PIECES_ATTRIBUTE_ID,)),
                        ),
                    ),
                    Category(
                        92_000_012,
                        "Средства по уходу за детьми",
                        types=(
                            ProductType(
                                971_000_004,
                                "Крем детский",
                                required=(VOLUME_ATTRIBUTE_ID,),
                                optional=(HYPOALLERGENIC_ATTRIBUTE_ID, SHELF_LIFE_ATTRIBUTE_ID),
                            ),
                            ProductType(
                                971_000_005,
                                "Шампунь детский",
                                required=(VOLUME_ATTRIBUTE_ID,),
                                optional=(HYPOALLERGENIC_ATTRIBUTE_ID, SHELF_LIFE_ATTRIBUTE_ID),
                            ),
                            ProductType(
                                971_000_006,
                                "Салфетки влажные детские",
                                required=(PIECES_ATTRIBUTE_ID,),
                                optional=(HYPOALLERGENIC_ATTRIBUTE_ID,),
                            ),
                        ),
                    ),
                ),
            ),
            Category(
                92_000_020,
                "Прогулки и поездки",
                children=(
                    Category(
                        92_000_021,
                        "Коляски",
                        types=(
                            ProductType(
                                971_000_007,
                                "Коляска прогулочная",
                                required=(COLOUR_ATTRIBUTE_ID,),
                                optional=(MAX_LOAD_ATTRIBUTE_ID,),
                            ),
                            ProductType(
                                971_000_008,
                                "Коляска 2 в 1",
                                required=(COLOUR_ATTRIBUTE_ID,),
                                optional=(MAX_LOAD_ATTRIBUTE_ID,),
                            ),
                        ),
                    ),
                    Category(
                        92_000_022,
                        "Автокресла",
                        types=(
                            ProductType(
                                971_000_009,
                                "Автокресло",
                                required=(CAR_SEAT_GROUP_ATTRIBUTE_ID,),
                                optional=(MAX_LOAD_ATTRIBUTE_ID,),
                            ),
                        ),
                    ),
                ),
            ),
            Category(
                92_000_030,
                "Кормление",
                children=(
                    Category(
                        92_000_031,
                        "Бутылочки и соски",
                        types=(
                            ProductType(
                                971_000_010, "Бутылочка для кормления", required=(VOLUME_ATTRIBUTE_ID,)
                            ),
                            ProductType(971_000_011, "Соска-пустышка", required=(AGE_ATTRIBUTE_ID,)),
                        ),
                    ),
                    Category(
                        92_000_032,
                        "Детское питание",
                        types=(
                            ProductType(
                                971_000_012,
                                "Пюре детское",
                                required=(
                                    COUNTRY_ATTRIBUTE_ID,
                                    COMPOSITION_ATTRIBUTE_ID,
                                    SHELF_LIFE_ATTRIBUTE_ID,
                                ),
                            ),
                            ProductType(
                                971_000_013,
                                "Каша детская",
                                required=(
                                    COUNTRY_ATTRIBUTE_ID,
                                    COMPOSITION_ATTRIBUTE_ID,
                                    SHELF_LIFE_ATTRIBUTE_ID,
                                ),
                            ),
                            ProductType(
                                971_000_014,
                                "Смесь лечебная",
                                required=(
                                    COUNTRY_ATTRIBUTE_ID,
                                    COMPOSITION_ATTRIBUTE_ID,
                                    SHELF_LIFE_ATTRIBUTE_ID,
                                ),
                                disabled=True,
                            ),
                        ),
                    ),
                ),
            ),
            Category(
                92_000_040,
                "Игрушки и игры",
                children=(
                    Category(
                        92_000_041,
                        "Развивающие игрушки",
                        types=(
                            ProductType(971_000_015, "Развивающая игрушка", required=(AGE_ATTRIBUTE_ID,)),
                            ProductType(971_000_016, "Погремушка", required=(AGE_ATTRIBUTE_ID,)),
                        ),
                    ),
                    Category(
                        92_000_042,
                        "Конструкторы",
                        types=(
                            ProductType(
                                971_000_017,
                                "Конструктор",
                                required=(PARTS_COUNT_ATTRIBUTE_ID, AGE_ATTRIBUTE_ID),
                                optional=(SEX_ATTRIBUTE_ID,),
                            ),
                        ),
                    ),
                    Category(
                        92_000_043,
                        "Мягкие игрушки",
                        types=(
                            ProductType(971_000_018, "Мягкая игрушка", required=(MATERIAL_ATTRIBUTE_ID,)),
                        ),
                    ),
                    Category(
                        92_000_044,
                        "Детские коврики",
                        types=(
                            ProductType(971_000_019, "Коврик игровой", required=(MATERIAL_ATTRIBUTE_ID,)),
                            ProductType(
                                971_000_020,
                                "Коврик развивающий",
                                required=(MATERIAL_ATTRIBUTE_ID, AGE_ATTRIBUTE_ID),
                            ),
                        ),
                    ),
                ),
            ),
            Category(
                92_000_050,
                "Одежда для малышей",
                children=(
                    Category(
                        92_000_051,
                        "Боди и комбинезоны",
                        types=(
                            ProductType(
                                971_000_021,
                                "Боди детское",
                                required=_CLOTHES_REQUIRED,
                                optional=(SEASON_ATTRIBUTE_ID,),
                            ),
                            ProductType(
                                971_000_022,
                                "Комбинезон детский",
                                required=(*_CLOTHES_REQUIRED, SEASON_ATTRIBUTE_ID),
                            ),
                        ),
                    ),
                ),
            ),
            Category(
                92_000_060,
                "Детская комната",
                children=(
                    Category(
                        92_000_061,
                        "Кроватки",
                        types=(
                            ProductType(
                                971_000_023,
                                "Кроватка детская",
                                required=(MATERIAL_ATTRIBUTE_ID, MATTRESS_SIZE_ATTRIBUTE_ID),
                                optional=(MAX_LOAD_ATTRIBUTE_ID,),
                            ),
                        ),
                    ),
                    Category(
                        92_000_062,
                        "Матрасы детские",
                        types=(
                            ProductType(
                                971_000_024, "Матрас детский", required=(MATTRESS_SIZE_ATTRIBUTE_ID,)
                            ),
                        ),
                    ),
                ),
            ),
            Category(
                92_000_070,
                "Детские книги",
                children=(
                    Category(
                        92_000_071,
                        "Книги для малышей",
                        types=(
                            ProductType(
                                971_000_025,
                                "Книжка детская",
                                required=(PAGES_ATTRIBUTE_ID, COVER_ATTRIBUTE_ID),
                                optional=(AUTHOR_ATTRIBUTE_ID, ISBN_ATTRIBUTE_ID),
                            ),
                        ),
                    ),
                ),
            ),
            Category(
                92_000_080,
                "Ходунки и прыгунки",
                disabled=True,
                types=(ProductType(971_000_026, "Ходунки"),),
            ),
        ),
    ),
)


def _leaf_types(categories: tuple[Category, ...]) -> tuple[ProductType, ...]:
    found: list[ProductType] = []
    for category in categories:
        found.extend(category.types)
        found.extend(_leaf_types(category.children))
    return tuple(found)


# The dictionary of 8229 has value ids of its own: they are not type ids (Ozon's own example differs in the
# two as well).
TYPES_DICTIONARY = _dictionary(1960, "Тип", 91_501, tuple(leaf.name for leaf in _leaf_types(TREE)))

DICTIONARIES: tuple[Dictionary, ...] = (
    TYPES_DICTIONARY,
    BRANDS,
    COUNTRIES,
    COLOURS,
    MATERIALS,
    AGES,
    SEXES,
    CLOTHES_SIZES,
    CHILD_WEIGHTS,
    CAR_SEAT_GROUPS,
    COVERS,
    MATTRESS_SIZES,
    SEASONS,
)
