"""Words of headers by what they mean, in some twenty languages; accents do not matter.

A kind with `?` lists words that may mean it: there the values have to say more. Words of several parts are
written together, as `first_name` and `FirstName` both read `firstname`.
"""

KINDS_BY_WORD = {
    "email": """email emails mail emailaddress mailaddress mailadresse emailadresse courriel mel adressemail
        adresseemail correo correoelectronico postaelettronica indirizzoemail emailadres mailadres poczta adresemail
        epost epostadress eposta epostaadresi epostadresse correioeletronico sahkoposti sahkopostiosoite
        adresaemail emailova emailcim メール メールアドレス 이메일 邮箱 电子邮件 почта элпочта ημαιλ emailid""",
    "phone": """phone phones phoneno phonenumber phonenum telephone telephonenumber telephoneno tel telno telefon
        telefonnummer telefonnr tlf tlfnr mobile mobileno mobilenumber mobilephone cell cellphone cellno handy handynummer
        mobilnummer mobilnr rufnummer msisdn fax faxno faxnumber gsm whatsapp contactno contactnumber telefono numtelefono
        movil celular portable notel numerotelephone cellulare recapitotelefonico telefoon telefoonnummer mobiel
        nrtelefonu numertelefonu komorka telefone telemovel telemóvel ceptelefonu puhelin puhelinnumero matkapuhelin
        telefonni telefonnicislo telefonszam nrtelefon 電話番号 電話 携帯 전화번호 휴대폰 电话 手机 手机号 телефон мобильный
        tilefono τηλέφωνο κινητό kinito""",
    "phone?": "mobil contact",
    "person_name": """firstname fname givenname forename forenames middlename mname lastname lname surname familyname
        maidenname fullname personname personalname patientname employeename contactname customername membername
        passengername clientname guestname studentname playername ownername holdername cardholder cardholdername
        accountholder namefirst namelast namegiven namemiddle vorname vornamen nachname familienname zuname geburtsname
        mitarbeitername patientenname kundenname ansprechpartner rufname prenom prenoms nomdefamille nomprenom nomcomplet
        nombres apellido apellidos primerapellido segundoapellido nombrecompleto nombreyapellidos cognome nominativo
        nomecompleto voornaam roepnaam achternaam familienaam tussenvoegsel volledigenaam imie imiona nazwisko
        imieinazwisko fornamn efternamn tilltalsnamn fullstandigtnamn sobrenome primeironome apelido soyad soyadi soyisim
        adsoyad adisoyadi fornavn efternavn etternavn mellemnavn fuldenavn fulltnavn etunimi etunimet sukunimi kokonimi
        jmeno prijmeni celejmeno jmenoaprijmeni keresztnev vezeteknev csaladnev utonev teljesnev prenume numedefamilie
        numecomplet numesiprenume 氏名 お名前 名前 姓 이름 성명 姓名 姓氏 名字 фио fio имя imya фамилия familiya отчество
        onomateponymo ονοματεπώνυμο επώνυμο epitheto potus vpotus""",
    "person_name?": """name names nom nombre nome naam namn navn nazwa ad adi isim nimi nev nume 名 성 mei sei όνομα onoma
        author player person contact patient employee customer member owner guest driver passenger pilot actor
        actress director student teacher manager agent doctor physician nurse representative candidate winner""",
    "birth_date": """birthdate dateofbirth dob birthday bdate bday birthyear yearofbirth yob bornon born birthy birthdt
        geburtsdatum geburtstag gebdatum gebdat geb geburtsjahr datedenaissance datenaissance dtnaissance naissance nele
        anneenaissance fechadenacimiento fechanacimiento fnacimiento nacimiento fecnac fnac datadinascita datanascita
        nascita geboortedatum geboortejaar dataurodzenia urodzenia fodelsedatum fodelsear datadenascimento datanascimento
        dtnascimento dtnasc nascimento dogumtarihi dogum 生年月日 誕生日 fodselsdato fodselsdag fodt syntymaaika syntymapaiva
        datumnarozeni narozeni szuletesidatum szuldatum dataasterii datanasterii 생년월일 датарождения рождения 出生日期 生日
        imerominiagennisis ημερομηνίαγέννησης""",
    "birth_date?": "birth",
    "age": """age ages ageyears ageinyears ageyrs agey alter lebensalter edad eta leeftijd wiek alder idade yas 年齢 ika vek
        eletkor varsta 나이 возраст 年龄 ηλικία ilikia""",
    "age?": "kor",
    "gender": """gender sex sexe sx sexo genero sesso genere geslacht geschlecht plec kon kjonn cinsiyet 性別 sukupuoli
        pohlavi 성별 пол 性别 fylo φύλο""",
    "gender?": "genre gen nem fem",
    "marital_status": """maritalstatus civilstatus marital familienstand situationfamiliale situationmatrimoniale
        etatcivil estadocivil statocivile burgerlijkestaat stancywilny civilstand sivilstand medenidurum medenihal
        siviilisaaty rodinnystav csaladiallapot starecivila aegteskabeligstatus 婚姻状况 혼인 семейноеположение""",
    "marital_status?": "mar",
    "nationality": """nationality citizenship staatsangehorigkeit staatsangehoerigkeit nationalite nacionalidad
        nazionalita cittadinanza nationaliteit narodowosc obywatelstwo nationalitet nacionalidade uyruk 国籍 kansalaisuus
        narodnost allampolgarsag nationalitate 국적 гражданство""",
    "address": """streetaddress homeaddress addressline addressline1 addr1 addrline1 address1 residentialaddress
        mailingaddress billingaddress shippingaddress postaladdress strassehausnummer wohnadresse wohnanschrift
        adressepostale direccionpostal domicilio residenza woonadres adreszamieszkania gatuadress hemadress morada
        logradouro evadresi vejnavn katuosoite bydliste gateadresse lakcim domiciliu kotiosoite""",
    "address?": """address addr street strasse strase str anschrift adresse rue direccion calle indirizzo via adres straat
        ulica adress endereco sokak 住所 osoite adresa ulice cim utca strada 주소 адрес улица 地址 住址 diefthynsi
        διεύθυνση odos residence""",
    "postal_code": """zip zipcode zipcd postalcode postcode plz postleitzahl codepostal codigopostal codicepostale
        kodpocztowy postnummer postnr postakodu 郵便番号 postinumero psc postovnismerovacicislo iranyitoszam irsz codpostal
        우편번호 почтовыйиндекс индекс 邮编 邮政编码 taxydromikoskodikas pincode eircode cep""",
    "postal_code?": "cp cap tk postal post",
    "location": """birthplace placeofbirth birthpl birthcity cityofbirth geburtsort lieudenaissance lugardenacimiento
        luogodinascita geboorteplaats miejsceurodzenia fodelseort localdenascimento dogumyeri gpslocation userlocation
        currentlocation lastlocation homelocation homelat homelon homelatitude homelongitude whereabouts""",
    "location?": "lat lon lng long latitude longitude gps geo coordinates coords geolocation position geohash location",
    "national_id": """ssn socialsecurity socialsecuritynumber socialsecurityno nationalid nationalidnumber nationalidentifier
        personalid personalidentificationnumber idnumber idno taxid taxnumber tin itin nino nationalinsurance
        nationalinsurancenumber nhsnumber sin tfn aadhaar aadhar steuerid steuernummer steueridentifikationsnummer idnr
        sozialversicherungsnummer svnr svnummer ahv ahvnr numerosecuritesociale nosecu secu nir insee dni nif nie
        documentoidentidad curp rfc cedula rut codicefiscale cf bsn burgerservicenummer sofinummer pesel nrpesel
        personnummer pnr personnr cpf numerocpf contribuinte tckimlik tckimlikno tckn kimlikno kimlik マイナンバー cpr cprnummer
        cprnr hetu henkilotunnus rodnecislo fodselsnummer szemelyiszam tajszam adoazonosito cnp 주민등록번호 снилс инн
        身份证 身份证号 afm amka egn oib jmbg emso isikukood personaskods asmenskodas rijksregisternummer niss""",
    "document_number": """passport passportno passportnumber passportnr reisepass reisepassnummer passeport pasaporte
        passaporto passaporte paspoort paspoortnummer paszport nrpaszportu passnummer pasaport passi cestovnipas utlevel
        driverslicense driverlicense drivinglicence driverslicence drivinglicense fuhrerschein
        fuehrerschein fuhrerscheinnummer permisdeconduire carnetdeconducir patente rijbewijs prawojazdy korkort
        cartadeconducao ehliyet ausweisnummer personalausweis idcard identitycard cartedidentite 护照 旅券 여권 паспорт""",
    "payment_card": """creditcard creditcardnumber creditcardno ccnumber ccnum ccno cardnumber cardno cardnum debitcard
        pan kreditkarte kreditkartennummer kartennummer cartebancaire numerocarte tarjeta tarjetacredito numerotarjeta
        cartadicredito kaartnummer nrkarty numerkarty cartao numerocartao kortnummer kartno kredikarti 卡号 クレジットカード""",
    "bank_account": """iban accountiban ibanno bankaccount bankaccountnumber bankaccountno accountnumber accountno acctno
        acctnum kontonummer kontonr bankverbindung comptebancaire numerocompte cuentabancaria contocorrente rekeningnummer
        bankrekening nrkonta numerkonta bankkonto contabancaria hesapno 口座番号 tilinumero cisloutu szamlaszam 银行账号""",
    "income": """salary salaries annualincome annualinc baseincome basesalary grossincome netincome personalincome totalpersonalincome
        wage wages earnings monthlyincome gehalt jahresgehalt bruttogehalt monatsgehalt lohn bruttolohn salaire salairebrut
        salario sueldo stipendio retribuzione salaris loon brutoloon pensja wynagrodzenie manadslon vencimento maas 給与
        年収 palkka plat mzda lonn arslonn fizetes ber salariu 급여 연봉 зарплата оклад 工资 薪资 misthos μισθός""",
    "income?": "income compensation pay bonus lon",
    "ip_address": "ip ipaddr ipaddress clientip userip remoteip sourceip lastloginip remoteaddr ipv4 ipv6",
    "mac_address": "mac macaddr macaddress hwaddr bssid physicaladdress",
    "device_id": """deviceid deviceuuid udid imei imsi iccid idfa idfv gaid aaid advertisingid adid androidid cookieid
        visitorid clientid fingerprintid browserid""",
    "username": """username userlogin login loginname loginid screenname handle nickname nick twitterhandle twitter
        instagram facebook linkedin telegram skype skypeid discord benutzername identifiant pseudo usuario nombredeusuario
        nomeutente gebruikersnaam nazwauzytkownika anvandarnamn nomedeusuario utilizador kullaniciadi brugernavn
        kayttajatunnus uzivatelskejmeno brukernavn felhasznalonev utilizator 用户名 ユーザー名 아이디""",
    "vehicle": """licenseplate licenceplate numberplate platenumber plateno kennzeichen kfzkennzeichen immatriculation
        matricula targa kenteken rejestracja registreringsnummer plaka rekisterinumero spz rendszam""",
    "credential": """password passwd pwd passwordhash passphrase secret secretkey apikey apitoken accesstoken authtoken
        refreshtoken privatekey clientsecret passwort kennwort motdepasse contrasena clave parolachiave wachtwoord haslo
        losenord senha sifre parola adgangskode salasana heslo passord jelszo 密码 パスワード 비밀번호 пароль pinhash mfasecret""",
    "health": """diagnosis diagnoses dx dxcode icd icd9 icd10 icdcode icd10code primarydiagnosis disease
        medicalcondition medication medications prescription allergy allergies bloodtype bloodgroup bloodgrp disability
        disabilities symptoms hiv hivstatus hivtest pregnancy pregnant vaccination medicalhistory mentalhealth diagnose
        hauptdiagnose nebendiagnose krankheit blutgruppe medikament behinderung diagnostic groupesanguin maladie handicap
        diagnostico grupodesangre gruposanguineo tiposanguineo tipodesangre enfermedad cie10 cid diagnosi grupposanguigno malattia
        bloedgroep ziekte rozpoznanie grupakrwi choroba diagnos blodgrupp sjukdom doenca tani kangrubu hastalik 血液型 診断
        blodtype diagnoosi veriryhma diagnoza krevniskupina diagnozis bno vercsoport grupasanguina 혈액형 диагноз
        группакрови 血型 诊断""",
    "health?": "condition illness hospital patient result health medical",
    "biometric": """fingerprint fingerprints faceembedding facevector facetemplate faceid faceprint faceencoding iris irisscan
        irisscan retina retinascan voiceprint voicetemplate biometric biometrics biometrictemplate dna dnasequence genotype
        genome palmprint fingerabdruck empreinte huelladactilar improntadigitale odciskpalca fingeravtryck biometria""",
    "ethnicity": """ethnicity ethnic ethnicgroup ethnicorigin race raceethnicity raceeth racegeneral ethnie origineethnique
        ethnischezugehorigkeit ethnischezugehoerigkeit etnia raza raca etniciteit pochodzenieetniczne etnicitet etnikkoken
        hispanic latino tribe 民族""",
    "ethnicity?": "caste colour color",
    "religion": """religion religiousaffiliation religiousbelief faith denomination konfession confession religione religie
        geloof godsdienst wyznanie religia trossamfund religiao din inanc 宗教 uskonto nabozenstvi vallas религия religie""",
    "politics": """politicalopinion politicalaffiliation politicalparty partyaffiliation partymembership unionmembership
        unionmember tradeunion votedfor parteizugehorigkeit gewerkschaft syndicat afiliacionpolitica sindicato""",
    "sexuality": "sexualorientation sexuality sexuelleorientierung orientationsexuelle orientacionsexual orientamentosessuale",
    "crime": "criminalrecord conviction convictions criminalhistory felony strafregister casierjudiciaire antecedentespenales",
}  # fmt: skip

# Words that also mean their kind within a longer one, as languages that write words together have it.
COMPOUND = """geburtsdatum telefonnummer mobilnummer strassehausnummer vorname nachname kreditkarte kontonummer
    postleitzahl blutgruppe gehalt personnummer fodselsdato telefoonnummer achternaam voornaam rekeningnummer
    geboortedatum postnummer passwort steuernummer sozialversicherungsnummer firstname lastname fullname birthdate
    zipcode username password"""

# What turns a header into one *about* personal data.
NEGATIVE = """count cnt counts flag flags verified unverified valid invalid known missing has is status state type types kind
    category categories rate ratio pct percent percentage share avg mean median total sum min max std var sd length len size
    sent bounced opened opted optin optout consent domain provider template subject format score rank level tier group grp
    change changed updated expires expiry expiration attempts verification validated label description desc title days months
    quality priority queue version url link anzahl brand vendor file filename folder path table field column"""
