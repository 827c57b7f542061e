"""Registers of organizations: files as they come, in both databases, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mailbot.register.importing import Imported, Importer, Refused
from mailbot.register.lines import RegisterFileError
from mailbot.samples.schools import inn_of
from mailbot.storage import SqlStore
from mailbot.storage.registertables import begin_import, register_entries, register_state
from workflow.application import RegisterEntry
from workflow.ports import ServiceUnavailableError

NOW = dt.datetime(2026, 9, 14, 8, 30, tzinfo=dt.UTC)
ONE, TWO, THREE = inn_of("691000001"), inn_of("160000002"), inn_of("060000003")
HEADERS = ("ИНН", "КПП", "Полное наименование", "Субъект РФ", "Адрес", "Руководитель")
FIRST = (
    ONE,
    "691001001",
    'МБОУ "СОШ № 5" г. Твери',
    "Тверская область",
    "г. Тверь, ул. Новая, 1",
    "Лугов Игорь Семёнович",
)
SECOND = (TWO, "160001001", "МБОУ «Гимназия № 2»", "Татарстан", "г. Казань", "Сомова А. П.")


class Register:
    """A register in a database, filled from files."""

    def __init__(self, store: SqlStore, directory: Path) -> None:
        self.store = store
        self.directory = directory
        self.refused: list[Refused] = []

    def load(
        self, content: bytes | str, *, alone: bool = False, columns: Any = None, name: str = "r"
    ) -> Imported:
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.load_file(path, alone=alone, columns=columns)

    def load_file(self, path: Path, *, alone: bool = False, columns: Any = None) -> Imported:
        importer = Importer(
            database=self.store.database,
            columns=columns or {},
            now=lambda: NOW,
            refuse=self.refused.append,
            advance=lambda done: None,
        )
        return importer.run(path, alone=alone)

    def under(self, inn: str) -> tuple[RegisterEntry, ...] | None:
        with self.store.database.transaction(write=False) as connection:
            return register_entries(connection, inn)

    def names(self, inn: str) -> list[tuple[str, ...]]:
        return [one.names for one in self.under(inn) or ()]


@pytest.fixture
def register(store: SqlStore, tmp_path: Path) -> Register:
    return Register(store, tmp_path)


def delimited(*rows: tuple[str, ...], by: str = ";") -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if by in cell or '"' in cell else cell

    return "".join(by.join(map(quoted, row)) + "\r\n" for row in rows)


def workbook(path: Path, *rows: tuple[object, ...], before: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Пояснения"
    sheet.append(["Выгрузка реестра"])
    sheet = book.create_sheet("Реестр")
    for line in before:
        sheet.append([line])
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_where_nothing_was_loaded_nothing_is_known(register: Register) -> None:
    assert register.under(ONE) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "cp1251"])
@pytest.mark.parametrize("by", [";", ",", "\t"])
def test_delimited_text_is_read_in_every_encoding(
    register: Register, encoding: str, by: str
) -> None:
    text = delimited(HEADERS, FIRST, SECOND, by=by)
    if encoding.endswith("-bom"):
        encoding, text = encoding.removesuffix("-bom"), "\ufeff" + text
    content = text.encode(encoding)
    assert register.load(content) == Imported(rows=2, entries=2, refused=0)
    (entry,) = register.under(ONE) or ()
    assert entry.names == ('МБОУ "СОШ № 5" г. Твери',)
    assert entry.places == ("Тверская область", "г. Тверь, ул. Новая, 1")
    assert entry.region == "69"
    assert entry.head
    assert entry.head.nominatives == ("Лугов Игорь Семёнович",)
    assert register.under(THREE) == ()


def test_commas_in_addresses_are_no_delimiters(register: Register) -> None:
    address = "Тверская область, г. Тверь, ул. Новая, д. 1, корп. 2, стр. 3, пом. 4, а/я 5"
    register.load("\r\n".join((";".join(HEADERS[:5]), f"{ONE};;СОШ № 5;;{address}")))
    (entry,) = register.under(ONE) or ()
    assert entry.places == (address,)


def test_a_workbook_is_read_below_its_title_whatever_else_it_holds(
    register: Register, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "r.xlsx", HEADERS, FIRST, SECOND, before=("Реестр лицензий", "на 01.09.2026")
    )
    assert register.load_file(path) == Imported(rows=2, entries=2, refused=0)
    assert register.names(TWO) == [("МБОУ «Гимназия № 2»",)]


def test_an_inn_that_a_spreadsheet_took_for_a_number_is_restored(
    register: Register, tmp_path: Path
) -> None:
    assert THREE.startswith("0")
    rows = [(float(ONE), "", "СОШ № 1"), (int(THREE), "", "СОШ № 3")]
    register.load_file(workbook(tmp_path / "r.xlsx", HEADERS[:3], *rows))
    assert register.names(ONE) == [("СОШ № 1",)]
    assert register.names(THREE) == [("СОШ № 3",)]


ACCREDITATION = """<?xml version="1.0" encoding="utf-8"?>
<OpenData><Certificates>
  <Certificate>
    <StatusName>Действующее</StatusName><RegionName>Тверская область</RegionName>
    <EduOrgFullName>МБОУ «СОШ № 5»</EduOrgFullName><EduOrgShortName>СОШ 5</EduOrgShortName>
    <EduOrgINN>{one}</EduOrgINN><EduOrgKPP>691001001</EduOrgKPP><EduOrgOGRN/>
    <ActualEducationOrganization>
      <FullName>МБОУ «СОШ № 5»</FullName><PostAddress>г. Тверь</PostAddress>
      <INN>{one}</INN><KPP>691001001</KPP><HeadName>Лугов Игорь Семёнович</HeadName>
    </ActualEducationOrganization>
    <Supplements><Supplement><ActualEducationOrganization>
      <FullName>Филиал МБОУ «СОШ № 5» в с. Верхнее</FullName>
      <INN>{one}</INN><KPP>691002001</KPP><HeadName>Сомова Анна Павловна</HeadName>
    </ActualEducationOrganization></Supplement></Supplements>
  </Certificate>
  <Certificate><EduOrgFullName>МБОУ «Гимназия № 2»</EduOrgFullName><EduOrgINN>{two}</EduOrgINN>
  </Certificate>
</Certificates></OpenData>
"""


def test_the_open_data_of_the_education_supervision_are_read_with_branches(
    register: Register,
) -> None:
    assert register.load(ACCREDITATION.format(one=ONE, two=TWO)).entries == 3
    of_all = register.under(ONE) or ()
    assert {one.names for one in of_all} == {
        ("МБОУ «СОШ № 5»", "СОШ 5"),  # the certificate and its organization complete each other
        ("Филиал МБОУ «СОШ № 5» в с. Верхнее",),
    }
    heads = {one.head.nominatives[0] for one in of_all if one.head}
    assert heads == {"Лугов Игорь Семёнович", "Сомова Анна Павловна"}
    assert register.names(TWO) == [("МБОУ «Гимназия № 2»",)]


TAX_SERVICE = """<?xml version="1.0" encoding="windows-1251"?>
<Файл><СвЮЛ ДатаВып="2026-09-01" ОГРН="1026900000001" ИНН="{one}" КПП="691001001">
  <СвНаимЮЛ НаимЮЛПолн="МУНИЦИПАЛЬНОЕ ОБЩЕОБРАЗОВАТЕЛЬНОЕ УЧРЕЖДЕНИЕ &quot;СОШ № 5&quot;">
    <СвНаимЮЛСокр НаимСокр="МОУ &quot;СОШ № 5&quot;"/></СвНаимЮЛ>
  <СвАдресЮЛ><АдресРФ Индекс="170000" КодРегион="69"/></СвАдресЮЛ>
  <СведДолжнФЛ><СвФЛ Фамилия="ЛУГОВ" Имя="ИГОРЬ" Отчество="СЕМЕНОВИЧ" ИННФЛ="691000000000"/>
  </СведДолжнФЛ>
  <СвУчредит><УчрЮЛРос><НаимИННЮЛ ОГРН="1026900000002" ИНН="{two}" НаимЮЛПолн="АДМИНИСТРАЦИЯ"/>
  </УчрЮЛРос></СвУчредит></СвЮЛ></Файл>
"""


def test_the_files_of_the_tax_service_are_read_without_taking_founders_for_schools(
    register: Register,
) -> None:
    content = TAX_SERVICE.format(one=ONE, two=TWO).encode("cp1251")
    assert register.load(content) == Imported(rows=1, entries=1, refused=0)
    (entry,) = register.under(ONE) or ()
    assert entry.names[1] == 'МОУ "СОШ № 5"'
    assert entry.region == "69"
    assert entry.head
    assert entry.head.nominatives[0].casefold() == "лугов игорь семенович"
    assert register.under(TWO) == ()


def test_bad_rows_are_told_with_their_line_and_the_others_go_on(register: Register) -> None:
    text = delimited(
        HEADERS,
        FIRST,
        ("", "", "Без номера"),
        ("1234567890", "", "С ошибкой"),
        ("500100732259", "", "Предприниматель"),
        SECOND,
    )
    assert register.load(text) == Imported(rows=2, entries=2, refused=3)
    assert [one.line for one in register.refused] == [3, 4, 5]
    assert "нет ИНН" in register.refused[0].reason
    assert "контрольной цифры" in register.refused[1].reason
    assert "физического лица" in register.refused[2].reason


def test_a_quotation_mark_that_nothing_closes_is_told(register: Register) -> None:
    swallowed = "".join(f"{ONE};;Школа {number};;;\r\n" for number in range(80))
    text = delimited(HEADERS, SECOND) + f'{ONE};;"Школа;;;\r\n' + swallowed
    assert register.load(text).rows == 1
    assert [one.line for one in register.refused] == [3]
    assert "кавычка" in register.refused[0].reason


def test_an_import_may_be_repeated(register: Register) -> None:
    text = delimited(HEADERS, FIRST, SECOND)
    register.load(text)
    assert register.load(text) == Imported(rows=2, entries=2, refused=0)
    assert len(register.under(ONE) or ()) == 1


def test_a_later_import_takes_the_place_of_what_was_said_of_the_same_organization(
    register: Register,
) -> None:
    branch = (ONE, "691002001", "Филиал в с. Верхнее", "", "", "")
    register.load(delimited(HEADERS, FIRST, branch, SECOND))
    assert len(register.under(ONE) or ()) == 2
    register.load(delimited(HEADERS, (ONE, "691001001", "МБОУ «Школа № 5»", "", "", "")))
    assert register.names(ONE) == [("МБОУ «Школа № 5»",)]
    assert register.names(TWO) == [("МБОУ «Гимназия № 2»",)]


def test_what_is_missing_in_a_file_that_replaces_all_is_gone(register: Register) -> None:
    register.load(delimited(HEADERS, FIRST, SECOND))
    register.load(delimited(HEADERS, FIRST), alone=True)
    assert register.names(ONE)
    assert register.under(TWO) == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Название;Адрес\r\nШкола;Тверь\r\n", "нет столбца ИНН"),
        ("", "нет столбца ИНН"),
        ("ИНН;Название\r\n1;Школа\r\n", "ни одной организации"),
        ("<a><b>1</b></a>", "нет записей с ИНН"),
        (f"<a><o><ИНН>{TWO}</ИНН></o><o></a>", "строка 1"),
        (f'<!DOCTYPE a [<!ENTITY e "x">]><a><o><ИНН>{TWO}&e;</ИНН></o></a>', "сущности"),
        (b"PK\x03\x04 no zip at all", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    ],
)
def test_a_file_that_is_no_register_changes_nothing(
    register: Register, content: bytes | str, reason: str
) -> None:
    register.load(delimited(HEADERS, FIRST))
    with pytest.raises(RegisterFileError, match=reason):
        register.load(content, alone=True)
    assert register.names(ONE)
    with register.store.database.transaction(write=False) as connection:
        state = register_state(connection)
    assert state
    assert state.entries == 1
    assert not state.is_cut_off


def test_xml_that_breaks_off_after_thousands_of_records_changes_nothing(
    register: Register,
) -> None:
    records = "".join(
        f"<o><ИНН>{inn_of(f'69{number:07d}')}</ИНН><Наименование>Ш</Наименование></o>\n"
        for number in range(2_500)
    )
    with pytest.raises(RegisterFileError, match="строка 2501"):
        register.load(f"<a>{records}</b>")
    assert register.under(inn_of("690000001")) is None


def test_before_the_first_import_has_ended_nothing_is_known(register: Register) -> None:
    with register.store.database.transaction() as connection:
        begin_import(connection, "первый", at=NOW)
    assert register.under(ONE) is None
    with register.store.database.transaction(write=False) as connection:
        state = register_state(connection)
    assert state
    assert state.is_cut_off
    register.load(delimited(HEADERS, FIRST))
    assert register.names(ONE)


def test_an_import_gives_way_to_one_that_began_later(register: Register, tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_text(delimited(HEADERS, FIRST), encoding="utf-8")

    def interfere(done: int) -> None:
        with register.store.database.transaction() as connection:
            begin_import(connection, "другой", at=NOW)

    importer = Importer(
        database=register.store.database,
        columns={},
        now=lambda: NOW,
        refuse=register.refused.append,
        advance=interfere,
    )
    with pytest.raises(ServiceUnavailableError, match="начатая позже"):
        importer.run(path)
    assert register.under(ONE) is None


@pytest.mark.parametrize(
    ("columns", "content"),
    [
        ({"inn": ["Номер"], "head": ["Фам+Имя+Отч"]}, f"Номер;Фам;Имя;Отч\r\n{ONE};{{}};{{}};{{}}"),
        (
            {"inn": ["Реквизиты/Номер"], "head": ["Рук/Ф+Рук/И+Рук/О"]},
            f"<r><o><Реквизиты><Номер>{ONE}</Номер></Реквизиты>"
            "<Рук Ф='{}' И='{}' О='{}'/></o></r>",
        ),
    ],
)
def test_columns_are_mapped_in_the_configuration(
    register: Register, columns: dict[str, list[str]], content: str
) -> None:
    with pytest.raises(RegisterFileError, match="ИНН"):
        register.load(content.format("Лугов", "Игорь", "Семёнович"))
    register.load(content.format("Лугов", "Игорь", "Семёнович"), columns=columns)
    (entry,) = register.under(ONE) or ()
    assert entry.head
    assert entry.head.nominatives == ("Лугов Игорь Семёнович",)


@pytest.mark.parametrize("kind", ["xml", "csv"])
def test_a_head_who_is_several_people_is_nobody(
    register: Register, kind: str, tmp_path: Path
) -> None:
    two = "Лугов Игорь Семёнович, Сомова Анна Павловна"
    make: dict[str, Callable[[str], str]] = {
        "csv": lambda head: delimited(HEADERS, (*FIRST[:5], head)),
        "xml": lambda head: f"<r><o><ИНН>{ONE}</ИНН><Руководитель>{head}</Руководитель></o></r>",
    }
    register.load(make[kind](two))
    assert [one.head for one in register.under(ONE) or ()] == [None]
    register.load(make[kind]("Директор Лугов Игорь Семёнович"))
    (entry,) = register.under(ONE) or ()
    assert entry.head
    assert entry.head.nominatives == ("Лугов Игорь Семёнович",)


@pytest.mark.parametrize(
    ("header", "status", "ended"),
    [
        ("Статус организации", "Ликвидирована", True),
        ("Статус", "Действующее", False),
        ("Статус", "Недействующее", True),
        ("Дата прекращения деятельности", "12.03.2024", True),
        ("Дата прекращения деятельности", "", False),
        ("Статус", "Находится в процессе реорганизации", False),
    ],
)
def test_what_the_register_says_of_an_end_is_kept(
    register: Register, header: str, status: str, ended: bool
) -> None:
    register.load(delimited((*HEADERS, header), (*FIRST, status)))
    (entry,) = register.under(ONE) or ()
    assert entry.ended == (status if ended else "")
