"""Every sentence the house says, in French, German and English, and the one way to write money and dates.

Owns the catalogues `catalogue/<room>.yaml`: each room keeps its own file, `common.yaml` holds what all say.
A file maps dotted keys to the three languages; French is written first, as the administration writes it:

    case.opened: {fr: "Dossier ouvert le {day}", de: "Fall eröffnet am {day}", en: "Case opened on {day}"}
    case.count:
      fr: {one: "{n} dossier", other: "{n} dossiers"}
      de: {one: "{n} Fall", other: "{n} Fälle"}
      en: {one: "{n} case", other: "{n} cases"}

Plural forms follow the number `n` by the rules of each language. A placeholder may name its form:
`{share:percent}`, `{start:month}`, `{ref:plain}` (as it is), `{sector:word.sector}` (the text of the key
`word.sector.<value>`); without one, the value's type decides.

French has one habit: a space that does not break (U+00A0) before `:` `;` `?` `!` `»` and after `«`. Files
are typed with a plain space, `typography.bound` binds it when catalogues and published files are read; a
house test finds a sign without its space.

Import `say`, `refusal`, `word` from `cii.texts.speech`, `money`, `number`, `percent`, `day`, `moment` from
`cii.texts.formats`, `LANGUAGES`, `negotiate` from `cii.texts.languages`. Knows no web and no database.
"""
