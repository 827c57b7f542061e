"""`mailbot questionnaire FILE`: the blank questionnaire for schools to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from config.settings import ConfigurationError
from mailbot.app import reply_settings
from mailbot.commands.common import config_option, settings_if_any
from mailbot.mailtext import one_line
from mailbot.replies import ReplySettings


@click.command("questionnaire")
@click.argument("file", metavar="ФАЙЛ", type=click.Path(path_type=Path))
@config_option
def questionnaire_command(file: Path) -> None:
    """Записать бланк анкеты (таблица Excel) для школ."""
    loaded = settings_if_any()
    replies = reply_settings(loaded) if loaded else ReplySettings(sender="")
    if file.suffix.casefold() not in ("", ".xlsx"):
        raise ConfigurationError(f"{file}: анкета — таблица Excel, назовите файл *.xlsx")
    # loaded when a workbook is written: the library is large
    from mailbot.forms.workbook import questionnaire_workbook

    content = questionnaire_workbook(
        platform=one_line(replies.platform_name), required=replies.required_fields
    )
    try:
        with file.open("xb") as target:
            target.write(content)
    except FileExistsError:
        raise ConfigurationError(f"{file}: файл уже есть, он не изменён") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: не записать ({error.strerror})") from None
    click.echo(f"Записан бланк анкеты: {one_line(str(file))}")
