"""The replies to schools: one Jinja2 template a reply and form, the subject in the text's first line."""
