"""Words that stand in columns of few values: genders, marital statuses, origins, religions."""

from meshwright.govern.classifying.headers import plain


def _words(text: str) -> frozenset[str]:
    return frozenset(plain(word).replace("_", " ") for word in text.split())


GENDERS = _words("""
    m f w d x u o h k n v z e male female man woman men women boy girl b g other unknown divers diverse nonbinary non-binary masculine
    feminine mannlich maennlich weiblich homme femme masculin feminin hombre mujer masculino femenino maschio femmina maschile femminile
    vrouw mann kvinne mand kvinde kvinna kobieta mezczyzna zenska meska erkek kadin kadın mies nainen muz zena ferfi no nő barbat femeie
    男 女 男性 女性 남 여 남성 여성 남자 여자 мужской женский муж жен м ж άνδρας γυναίκα άρρεν θήλυ αγόρι κορίτσι masc fem feminino
""")  # fmt: skip
MARITAL = (
    "single", "married", "divorc", "widow", "separated", "never", "partner", "ledig", "verheiratet", "geschieden", "verwitwet", "celibataire",
    "marie", "veuf", "soltero", "soltera", "casad", "viud", "viuv", "solteir", "celibe", "nubile", "coniugat", "sposat", "vedov", "gehuwd", "ongehuwd",
    "zonat", "zamezn", "kawaler", "panna", "rozwied", "ogift", "gift", "skild", "evli", "bekar", "bosanmis", "naimaton", "naimisissa", "svobodn",
)  # fmt: skip
ORIGINS = (
    "white", "black", "asian", "hispanic", "latin", "caucas", "african", "afam", "native", "indian", "mixed", "other", "pacific", "indigenous",
    "arab", "roma", "cauc", "multirac", "biracial", "ladino", "malay", "chinese", "weiss", "schwarz", "blanc", "negro", "negra", "pard", "indigena",
)  # fmt: skip
RELIGIONS = (
    "catholic", "protestant", "christian", "muslim", "islam", "jew", "hindu", "buddh", "sikh", "orthodox", "evangel", "lutheran", "atheist",
    "agnostic", "none", "katholi", "evangelisch", "musulman", "catoli", "cattoli", "judai", "budd", "mormon", "baptist", "methodist", "anglican",
)  # fmt: skip
