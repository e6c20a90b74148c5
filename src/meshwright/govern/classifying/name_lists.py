"""Common names of persons, and words of places, companies and things, as plain lists to read."""

GIVEN = """
aaliyah aaron abdul abigail adam adele adriana adrian agnes agnieszka ahmed ahmet aisha akira alan
alba albert alberto alejandra alejandro aleksandra aleksander alessandra alessandro alex alexander
alexandra alexandre alexis alfred alfredo ali alice alicia alina alisa allison alma alvaro amanda
amber amelia amina amir amit amy ana anastasia anders andre andrea andreas andreea andrei andres
andrew andrey andrzej andy angel angela angelina angelo anita anja anna anne annette annie antoine
anton antonia antonio arjun arne arthur arturo asha ashley astrid ava axel ayse barbara barry bart
bartosz beata beatrice beatriz ben benjamin bernard bernd bert bertrand beth betty bianca bill
birgit bjorn bob boris bradley brandon brenda brian brigitte brittany bruce bruno bryan camila
camille carl carla carlo carlos carmen carol caroline carolina carrie catarina catherine cecilia
celine cem charles charlotte chiara chloe chris christa christian christina christine christoph
christophe christopher cindy claire clara claudia claudio claus connor corinna craig cristian
cristina cynthia dagmar damien dan dana daniel daniela daniele danielle daria dariusz dave david
davide dawn dean deborah denis denise dennis derek diana diane diego dieter dimitris dirk dmitri
dmitry dominik dominique donald donna doris dorothea dorothy douglas duncan dylan eduardo edward
edwin ekaterina elaine elena eleni eli elias elif elisa elisabeth elise eliza elizabeth ella ellen
elsa emil emilia emilie emily emine emma emmanuel enrico enrique eric erica erik erika erin ernst
esra esteban esther ethan eugene eva evelyn ewa fabian fabio fatih fatima fatma federica federico
felipe felix fernanda fernando filip filippo florian frances francesca francesco francis francisca
francisco francois frank frans franz fred frederic frederik fritz gabriel gabriela gabriele gary
gavin geoffrey georg george georgios gerald gerard gerhard gianni gilbert gillian gina giorgia
giorgos giovanna giovanni giulia giuseppe gloria gonzalo grace graham greg gregory greta grzegorz
guillaume guillermo gunnar gunter gustav hakan hana hanna hannah hans harald harold harry hasan
hassan heather hector heidi heike heinz heinrich helen helena helene helga helmut henri henrik henry
herbert hermann hilde hiroshi holger holly horst howard hugo huseyin ian ibrahim ida ignacio igor
ilaria ilse imran ina ines ingrid inga ioana ion irene irina iris isabel isabella isabelle istvan
ivan ivana ivo jack jacek jackie jacob jacqueline jacques jaime jake jakob jakub james jamie jan
jana jane janet janice jason javier jean jeff jeffrey jelena jennifer jens jeremy jerry jesper
jessica jesus jill jim jimmy jo joan joanna joao joaquin joe joel joerg johan johanna johannes john
johnny jon jonas jonathan jordan jorge jose josef josefa joseph joshua joyce juan juana judith judy
juha julia julian juliana julie julien jurgen justin justyna kai kamil karen karin karl karla
karolina katarina katarzyna kate katharina katherine kathleen kathryn kathy katja katrin kazimierz
keith kelly ken kenji kenneth kerstin kevin kim kimberly klaus konrad konstantin kristen kristian
kristin kristina krystyna krzysztof kumar kurt kyle lars latisha laura lauren laurence laurent lea
leah lena leo leon leonardo leslie lina linda lisa liam logan lorena lorenzo louis louise lucas
lucia luca luciana lucie lucy luigi luis luisa luiz lukas lukasz lydia maciej madison magda
magdalena maja malgorzata manfred manuel manuela marc marcel marcela marcelo marcin marco marcos
marcus marek margaret margarita margit maria mariam mariana marie marina mario marion marissa marius
mark markus marlene marta martha martin martina martine marvin mary mateo mateusz mathias matilda
matteo matthew matthias matti maurice mauricio max maya megan mehmet mei melanie melissa mercedes
merve mette mia michael michaela michal michel michele michelle miguel mihai mikael mike mikhail
mikko milan mila milos mina miriam mohamed mohammad mohammed mona monica monika monique morgan
morten murat mustafa nadia nadine nancy naomi natalia natalie natasha nathan neha neil nicholas nick
nicola nicolas nicole niels nikola nikolai nikolaos nils nina noah noel noemi nora norbert norma
nuno ola olaf ole oleg olga oliver olivia olivier omar oscar oskar otto pablo paola paolo pascal
patricia patrick patrik paul paula paulo pavel pawel pedro peggy penelope per peter petr petra
petros philip philipp philippe phillip pia pierre pilar piotr priya rachel rafael rainer raj rajesh
ralf ralph ramon rania raquel raul ravi raymond rebecca regina reinhard renata renate rene ricardo
riccardo richard rita robert roberta roberto robin rodrigo roger roland roman ron ronald rosa
rosario rose rosemary ross roy ruben rudolf rui ruth ryan sabine sabrina saeed sakura salma
salvatore sam samantha samir samuel sandra sanjay santiago sara sarah sasha scott sean sebastian
selin serge sergei sergey sergio seth shannon sharon shaun sheila shirley sigrid silvia simon simona
simone sinan sofia sofie sonia sophia sophie sora stacy stanislaw stefan stefania stefano steffen
stephan stephanie stephen steve steven stuart sunil susan susana susanne suresh sven svetlana sylvia
sylvie szymon tamara tania tanja tara tatiana ted teresa terry thea theo theodor theresa thierry
thomas tim timothy tina tobias todd tom tomas tomasz tommy toni tony tracy travis tyler ulla ulrich
ulrike ursula uwe valentina valeria valerie vanessa vasile veronica veronika vicente victor victoria
vijay viktor vincent vincenzo virginia vladimir volker walter wanda wayne wendy werner wilhelm
william wojciech wolfgang xavier yan yannick yasmin yolanda yosef yuki yulia yusuf yvonne zachary
zeynep zofia zoe иван александр сергей андрей дмитрий алексей михаил мария анна елена ольга наталья
татьяна ирина екатерина светлана владимир николай γιώργος γιάννης μαρία ελένη κωνσταντίνος δημήτρης
νίκος κατερίνα βασίλης χρήστος αθανάσιος παναγιώτης αικατερίνη
"""
SURNAMES = """
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez
wilson anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark
ramirez lewis robinson walker young allen king wright scott torres nguyen hill flores green adams
nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker
cruz edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz cooper peterson
bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez wood james bennett gray
mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez muller
schmidt schneider fischer weber meyer wagner becker schulz hoffmann bauer koch richter klein wolf
schroder neumann schwarz zimmermann braun kruger hofmann hartmann lange werner krause bernard dubois
durand leroy moreau simon laurent lefebvre michel roux fournier girard bonnet dupont lambert rossi
russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti deluca costa
giordano fernandez alonso moreno munoz romero navarro dominguez vazquez serrano blanco molina suarez
delgado silva santos ferreira pereira oliveira rodrigues almeida carvalho gomes ribeiro alves pinto
sousa jansen bakker visser smit dejong vries berg dijk nowak kowalski wisniewski wojcik kowalczyk
kaminski lewandowski zielinski andersson johansson karlsson nilsson eriksson larsson olsson persson
svensson gustafsson hansen olsen larsen andersen pedersen nielsen jensen christensen rasmussen
sorensen korhonen virtanen makinen nieminen novak svoboda novotny dvorak horvath nagy kovacs toth
szabo popescu ionescu popa yilmaz kaya demir celik sahin ozturk kumar sharma singh gupta khan ahmed
ali hussain iyer reddy das tanaka suzuki sato watanabe ito yamamoto nakamura chen wang li zhang liu
yang huang zhao wu zhou papadopoulos ivanov petrov smirnov kuznetsov popov sokolov obrien osullivan
mccarthy macdonald tran pham le vo
"""
EASTERN_SURNAMES = """
王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董袁潘于蒋蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋
付方白邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚邵万萬钱錢严嚴佐鈴渡伊山中小加吉清斎藤近井木松後前岡長青三原村坂太김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유
남심노하곽성차주우구
"""  # one character each: Chinese, Japanese, Korean
FAMILY_ENDINGS = """
ovic ovich owski owska ewski ewska ska ski sen sson ova eva enko idis opoulos oglu escu yan ian ович
евич ова ева ов ев ин ина ский ская όπουλος ίδης άκης
"""
PLACES = """
airport airfield aerodrome heliport station school university college academy institute hospital
clinic pharmacy church temple mosque museum library theater theatre hotel motel inn restaurant cafe
bar grill pizza park garden plaza mall center centre market shop store supermarket bank building
tower bridge lake river mount mountain island county city town village district province region
street avenue road valley beach bay harbor harbour port terminal field stadium arena house inc llc
ltd limited corp corporation co company gmbh ag kg ohg sa sarl sas srl spa sl slu bv nv oy oyj ab as
aps ltda eireli lda sro kft zrt doo sp zoo plc pvt group gruppe groupe grupo holding holdings
partners associates association foundation fund trust society club league team department ministry
agency office bureau committee council commission services service solutions systems technologies
technology industries international airlines airways motors foods media bahnhof flughafen schule
krankenhaus klinik verein stadt gemeinde kreis gare aeroport ecole hopital mairie aeropuerto
estacion escuela colegio clinica ayuntamiento aeroporto stazione scuola ospedale comune lotnisko
dworzec szkola szpital havalimani okul hastane ulica and und et storage chair table lamp desk red
blue black green
"""
