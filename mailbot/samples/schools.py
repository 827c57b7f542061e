"""Invented schools. Their identifiers have right check digits and inspection codes that do not exist («99»)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INN_WEIGHTS: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """An educational organization as its letterhead and its questionnaire show it."""

    founder: str
    full_name: str
    short_name: str
    inn: str
    ogrn: str
    kpp: str
    region: str
    municipality: str
    town: str  # «г. Лесногорск»
    address: str
    email: str
    phone: str  # a landline, as written
    head: str  # «Фамилия Имя Отчество»
    head_post: str = "Директор"


def inn_of(first_nine: str) -> str:
    """Return a legal entity's ИНН of ten digits: the nine given and their check digit."""
    total = sum(int(digit) * weight for digit, weight in zip(first_nine, INN_WEIGHTS, strict=True))
    return f"{first_nine}{total % 11 % 10}"


def ogrn_of(first_twelve: str) -> str:
    """Return an ОГРН of thirteen digits: the twelve given and their check digit."""
    return f"{first_twelve}{int(first_twelve) % 11 % 10}"


def _town_school(  # one row of the plainer schools below
    number: int,
    town: str,
    region: str,
    municipality: str,
    *,
    code: str,
    street: str,
    phone: str,
    head: str,
) -> School:
    first_nine = f"{code}99{number:02d}7{number:02d}"
    place = f"{region}, {town}" if town.startswith("г.") else f"{region}, {municipality}, {town}"
    return School(
        founder=f"Отдел образования, {municipality}",
        full_name="Муниципальное бюджетное общеобразовательное учреждение "
        f"«Средняя общеобразовательная школа № {number}» {town}",
        short_name=f"МБОУ СОШ № {number} {town}",
        inn=inn_of(first_nine),
        ogrn=ogrn_of(f"103{first_nine}"),
        kpp=f"{code}9901001",
        region=region,
        municipality=municipality,
        town=town,
        address=f"{place}, {street}",
        email=f"sosh{number}-{code}@edu.example",
        phone=phone,
        head=head,
    )


SCHOOLS: Final = (
    School(
        founder="Управление образования администрации Лесногорского городского округа",
        full_name="Муниципальное бюджетное общеобразовательное учреждение "
        "«Средняя общеобразовательная школа № 7»",
        short_name="МБОУ «СОШ № 7»",
        inn=inn_of("669900714"),
        ogrn=ogrn_of("102669900714"),
        kpp="669901001",
        region="Свердловская область",
        municipality="Лесногорский городской округ",
        town="г. Лесногорск",
        address="624999, Свердловская область, г. Лесногорск, ул. Школьная, д. 12",
        email="school7-lesnogorsk@mail.example",
        phone="8 (34399) 5-17-42",
        head="Петров Пётр Петрович",
    ),
    School(
        founder="Отдел образования администрации Заречного муниципального района",
        full_name="Муниципальное казённое общеобразовательное учреждение «Берёзовская основная "
        "общеобразовательная школа имени Героя Советского Союза А. Н. Громова»",
        short_name="МКОУ «Берёзовская ООШ им. А. Н. Громова»",
        inn=inn_of("559901236"),
        ogrn=ogrn_of("102559901236"),
        kpp="559901001",
        region="Омская область",
        municipality="Заречный муниципальный район",
        town="с. Берёзовка",
        address="646999, Омская область, Заречный район, с. Берёзовка, ул. Мира, д. 3",
        email="berezovka.school@yandex.example",
        phone="8 (38199) 2-11-81",
        head="Воронцова Галина Андреевна",
    ),
    School(
        founder="Департамент образования администрации города Приморска-на-Волге",
        full_name="Муниципальное автономное дошкольное образовательное учреждение "
        "«Детский сад № 48 «Рябинка» комбинированного вида»",
        short_name="МАДОУ «Детский сад № 48 «Рябинка»",
        inn=inn_of("639900482"),
        ogrn=ogrn_of("107639900482"),
        kpp="639901001",
        region="Самарская область",
        municipality="городской округ Приморск-на-Волге",
        town="г. Приморск-на-Волге",
        address="446999, Самарская область, г. Приморск-на-Волге, пр. Победы, д. 27а",
        email="ryabinka48@mail.example",
        phone="8 (84699) 7-30-15",
        head="Гринько Тамара Васильевна",
        head_post="Заведующий",
    ),
    School(
        founder="Министерство образования и науки Приозёрного края",
        full_name="Государственное бюджетное общеобразовательное учреждение «Лицей № 3»",
        short_name="ГБОУ «Лицей № 3»",
        inn=inn_of("239900357"),
        ogrn=ogrn_of("103239900357"),
        kpp="239901001",
        region="Краснодарский край",
        municipality="муниципальное образование город Южноозёрск",
        town="г. Южноозёрск",
        address="353999, Краснодарский край, г. Южноозёрск, ул. Садовая, д. 41",
        email="licey3@edu.example",
        phone="8 (86199) 4-26-90",
        head="Белоусов Денис Юрьевич",
    ),
    School(
        founder="Исполнительный комитет Камскополянского муниципального района",
        full_name="Муниципальное бюджетное общеобразовательное учреждение «Гимназия № 2»",
        short_name="МБОУ «Гимназия № 2»",
        inn=inn_of("169900268"),
        ogrn=ogrn_of("102169900268"),
        kpp="169901001",
        region="Республика Татарстан",
        municipality="Камскополянский муниципальный район",
        town="г. Камскополянск",
        address="423999, Республика Татарстан, г. Камскополянск, ул. Тукая, д. 8",
        email="g2.kamskopolyansk@edu.example",
        phone="8 (85599) 3-44-07",
        head="Ахметов Ринат Маратович",
    ),
    School(
        founder="Департамент образования и науки города Москвы",
        full_name="Государственное бюджетное общеобразовательное учреждение города Москвы "
        "«Школа № 2999»",
        short_name="ГБОУ Школа № 2999",
        inn=inn_of("979902999"),
        ogrn=ogrn_of("115979902999"),
        kpp="979901001",
        region="г. Москва",
        municipality="район Новые Сады",
        town="г. Москва",
        address="119999, г. Москва, ул. Новосадовая, д. 5, корп. 2",
        email="2999@edu.example",
        phone="8 (495) 555-29-99",
        head="Черных Светлана Борисовна",
    ),
    School(
        founder="Управление образования Горноключевского района",
        full_name="Муниципальное бюджетное общеобразовательное учреждение "
        "«Горноключевская средняя общеобразовательная школа № 1»",
        short_name="МБОУ «Горноключевская СОШ № 1»",
        inn=inn_of("059900119"),
        ogrn=ogrn_of("102059900119"),
        kpp="059901001",
        region="Республика Дагестан",
        municipality="Горноключевский район",
        town="с. Горный Ключ",
        address="368999, Республика Дагестан, Горноключевский район, с. Горный Ключ, ул. Речная, д. 1",
        email="gornykluch1@mail.example",
        phone="8 (87299) 2-53-64",
        head="Магомедова Патимат Алиевна",
    ),
    School(
        founder="Комитет по образованию администрации Снежинского городского округа",
        full_name="Муниципальное общеобразовательное учреждение "
        "«Средняя общеобразовательная школа № 16 с углублённым изучением отдельных предметов»",
        short_name="МОУ «СОШ № 16 с УИОП»",
        inn=inn_of("749901641"),
        ogrn=ogrn_of("102749901641"),
        kpp="749901001",
        region="Челябинская область",
        municipality="Снежинский городской округ",
        town="г. Белоснежинск",
        address="456999, Челябинская область, г. Белоснежинск, ул. Ломоносова, д. 16",
        email="school16@yandex.example",
        phone="8 (35199) 6-08-33",
        head="Данилов Вадим Аркадьевич",
    ),
    _town_school(
        21,
        "г. Правобережск",
        "Нижегородская область",
        "Правобережный муниципальный округ",
        code="52",
        street="пер. Зелёный, д. 4",
        phone="8 (83199) 5-62-18",
        head="Суворова Ирина Геннадьевна",
    ),
    _town_school(
        9,
        "ст-ца Тихореченская",
        "Ростовская область",
        "Тихореченский район",
        code="61",
        street="ул. Казачья, д. 19",
        phone="8 (86399) 3-15-77",
        head="Литвинов Олег Степанович",
    ),
    _town_school(
        4,
        "рп. Дальний Лес",
        "Новосибирская область",
        "Дальнелесский район",
        code="54",
        street="ул. Таёжная, д. 2",
        phone="8 (38399) 2-47-05",
        head="Корнеева Людмила Павловна",
    ),
    _town_school(
        14,
        "г. Ясногорск-Уральский",
        "Республика Башкортостан",
        "Ясногорский район",
        code="02",
        street="ул. Салавата, д. 33",
        phone="8 (34799) 4-83-52",
        head="Юсупова Альфия Маратовна",
    ),
    _town_school(
        1,
        "с. Верхний Дон",
        "Воронежская область",
        "Верхнедонской район",
        code="36",
        street="ул. Центральная, д. 60",
        phone="8 (47399) 6-12-94",
        head="Чернышёв Борис Ильич",
    ),
    _town_school(
        25,
        "г. Старосибирск",
        "Красноярский край",
        "Старосибирский муниципальный округ",
        code="24",
        street="пр. Строителей, д. 18",
        phone="8 (39199) 7-71-36",
        head="Романова Ольга Вячеславовна",
    ),
    _town_school(
        3,
        "п. Поморье",
        "Архангельская область",
        "Беломорский муниципальный округ",
        code="29",
        street="наб. Северная, д. 7",
        phone="8 (81899) 2-09-61",
        head="Щукина Валентина Егоровна",
    ),
    _town_school(
        11,
        "г. Засечный",
        "Тульская область",
        "Старозасечный район",
        code="71",
        street="ул. Оружейная, д. 45",
        phone="8 (48799) 5-38-20",
        head="Ермаков Глеб Антонович",
    ),
    _town_school(
        30,
        "г. Терновск",
        "Кемеровская область – Кузбасс",
        "Терновский муниципальный округ",
        code="42",
        street="ул. Шахтёрская, д. 15",
        phone="8 (38499) 3-66-48",
        head="Полякова Нина Фёдоровна",
    ),
    _town_school(
        5,
        "г. Озёрск-на-Клязьме",
        "Владимирская область",
        "Озёрский район",
        code="33",
        street="ул. Гагарина, д. 9",
        phone="8 (49299) 4-04-13",
        head="Игнатьев Роман Сергеевич",
    ),
)
