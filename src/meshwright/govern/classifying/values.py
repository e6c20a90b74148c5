"""Words that stand in columns of few values: genders, marital statuses, origins, religions."""

from meshwright.govern.classifying.headers import plain


def words(text: str) -> frozenset[str]:
    """Return the words of a text as they are compared; `_` in one stands for a space."""
    return frozenset(plain(word).replace("_", " ") for word in text.split())


GENDERS = words("""
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

# What a row stands for, by words of headers and of the table's name.
PERSONS = words("""
    customer customers client clients patient patients employee employees staff member members user users student students person persons
    people passenger passengers subscriber subscribers subject subjects respondent respondents player players candidate candidates applicant
    applicants guest guests contact contacts participant participants donor donors tenant tenants profile profiles worker workers teacher
    teachers driver drivers resident residents kunde kunden mitarbeiter patienten mitglied mitglieder personen clientes cliente empleados
    paciente pacientes personas clienti dipendenti pazienti klanten medewerkers klienci pracownicy kunder anstallda musteri hasta salarie
""")  # fmt: skip
THINGS = words("""
    species breed animal animals genus plant plants tree trees flower insect insects fish bird birds pig pigs cow cows herd litter crab
    penguin rat rats mouse mice specimen store stores shop shops warehouse facility facilities station stations airport airports restaurant
    restaurants hotel hotels manufacturer aircraft tailnum
""")  # fmt: skip
THINGS_OF_TABLES = THINGS | words(
    "branches sites schools buildings products brands models companies suppliers vendors cities countries regions places"
)
COUNTS = words("freq frequency count counts ncases ncontrols cases haufigkeit")
TITLES = words(
    "mr mrs ms miss dr prof sir herr frau hr fr mme mlle m sig dott sr sra srta dhr mevr pan pani ing mag dipl jr"
)
VERSIONS = words("version ver release build firmware revision")
