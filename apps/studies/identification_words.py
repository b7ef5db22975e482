"""The words by which an output may say which system it is: names, makers, and ways of speaking about oneself.

Kept apart from the scanner so that a new model or another language is a new word here and nothing else.
"""


def _spelled(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Invented words, or words with a number: nobody but a model is called so.
STRONG_NAMES = (
    "chatgpt", "chat gpt", "gpt-4", "gpt-3", "gpt 4", "gpt 3", "gpt4", "gpt3", "gpt-5", "gpt 5", "gpt4all",
    "instructgpt", "text-davinci", "vicuna", "guanaco", "airoboros", "wizardlm", "wizardcoder", "stablelm",
    "openassistant", "open assistant", "open-assistant", "rwkv", "internlm", "baichuan", "chatglm", "qwen",
    "tongyi qianwen", "deepseek", "mixtral", "codellama", "code llama", "starcoder", "starchat", "bloomz",
    "yandexgpt", "gigachat", "hyperclova", "google bard", "google gemini", "bing chat", "microsoft copilot",
    "github copilot", "meta ai", "le chat mistral", "ernie bot", "mythomax", "nemotron", "exaone", "moonshot ai",
    "文心一言", "通义千问", "讯飞星火", "腾讯混元", "豆包", "智谱清言",
)  # fmt: skip
# Words of the language too (an animal, a wind, a sign): they count where they stand as a proper name.
PLAIN_NAMES = (
    "claude", "gemini", "bard", "llama", "alpaca", "koala", "falcon", "grok", "mistral", "gemma", "copilot",
    "platypus", "baize", "codestral", "redpajama",
)  # fmt: skip
# People, gods and everyday words: they count only where the text also speaks of an AI.
GUARDED_NAMES = (
    "hermes", "dolly", "ernie", "sydney", "titan", "phi", "solar", "command", "zephyr", "kimi", "dolphin", "palm",
    "granite", "orca", "tulu", "alexa", "siri", "cortana", "jurassic", "luminous", "bloom", "replika", "perplexity",
    "bing", "nova", "pythia", "jamba", "olmo", "openchat", "weaver", "chronos", "samantha",
)  # fmt: skip
# Of the plain ones, those that people bear: "My name is Claude" says nothing without an AI nearby.
PERSONAL_NAMES = frozenset({"claude", "gemma"})

MAKERS = (
    "OpenAI", "OpenAi", "Openai", "openai", "Open AI", "Anthropic", "anthropic", "Google", "Google DeepMind",
    "DeepMind", "Meta AI", "Meta", "Facebook", "Microsoft", "Mistral AI", "Mistral", "xAI", "Amazon", "AWS", "Apple",
    "Baidu", "Alibaba Cloud", "Alibaba", "Tencent", "ByteDance", "DeepSeek", "Zhipu AI", "Zhipu", "Moonshot AI",
    "LMSYS", "Large Model Systems Organization", "Stanford", "UC Berkeley", "Berkeley", "Cohere", "AI21 Labs", "AI21",
    "Stability AI", "Databricks", "MosaicML", "Nvidia", "NVIDIA", "IBM", "EleutherAI", "LAION", "Hugging Face",
    "HuggingFace", "BigScience", "Technology Innovation Institute", "TII", "Inflection", "01.AI", "Aleph Alpha",
    "Salesforce", "Nous Research", "Together", "Replit", "Perplexity", "Character.AI", "Yandex", "Sber", "Naver",
    "Kakao", "Upstage", "Huawei", "SenseTime", "iFlytek", "Snowflake", "Open Assistant", "Tsinghua",
    "百度", "阿里云", "阿里巴巴", "腾讯", "字节跳动", "深度求索", "智谱", "谷歌", "微软", "月之暗面", "科大讯飞",
    "Яндекс", "Яндексом", "Сбер", "Сбером",
)  # fmt: skip

# What may stand between "I am" and a name: articles and what an AI calls itself, in the languages we know.
FILLERS = _spelled(
    "a an the your our just only actually simply indeed also still currently now really "
    "ai llm artificial intelligence intelligent large language model models chat chatbot bot assistant virtual "
    "digital helpful friendly harmless honest advanced conversational computer program system software machine "
    "learning based neural network powered generative text source open named called known as who which that is was "
    "developed created trained built made designed and instance version s m "
    "ein eine einen einem der die das ki sprachmodell modell großes grosses großer künstliche intelligenz assistent "
    "assistentin virtueller digitaler hilfreicher basiertes namens genannt entwickeltes trainiertes "
    "un une le la l d de du des modèle langage langue langues ia virtuel artificielle nommé appelé grand "
    "una el lo modelo lenguaje asistente inteligencia llamado gran grande "
    "um uma o os modelo linguagem linguagens assistente inteligência chamado "
    "uno il modello di linguaggio linguistico intelligenza artificiale virtuale chiamato "
    "большая языковая модель ии искусственный интеллект чат бот ассистент помощник виртуальный по имени это"
)
EAST_ASIAN_FILLERS = (
    "一个", "一款", "一种", "一位", "大型", "大", "语言", "模型", "人工智能", "聊天机器人", "机器人", "助手",
    "智能", "名为", "叫做", "叫", "的", "，", "、", "名叫", "大規模", "言語", "モデル", "アシスタント",
    "チャットボット", "という", "人工知能",
)  # fmt: skip

VERBS = (
    "developed", "trained", "created", "built", "made", "designed", "fine-tuned", "finetuned", "powered", "engineered",
    "produced", "programmed", "pre-trained", "pretrained",
    "développé", "développée", "créé", "créée", "entraîné", "entraînée", "conçu", "conçue", "formé",
    "desarrollado", "desarrollada", "creado", "creada", "entrenado", "entrenada", "diseñado",
    "desenvolvido", "desenvolvida", "criado", "criada", "treinado", "treinada",
    "sviluppato", "sviluppata", "creato", "creata", "addestrato", "addestrata",
    "разработанная", "разработанный", "разработан", "созданная", "созданный", "создан", "обученная", "обученный",
    "обучен", "обучена", "создана", "разработана",
)  # fmt: skip
# Between the verb and the maker; Russian needs no preposition.
MAKER_FILLERS = _spelled(
    "a an the team teams of researchers research engineers scientists developers people folks experts group company "
    "at from in by par por pela pelo da dall l la los las l équipe société empresa compañía equipo equipe società "
    "компанией командой компании chez und der firma dem unternehmen von"
)

# One of these stands in every way of speaking about oneself below: a quick look before the slow one.
SELF_WORDS = frozenset(
    _spelled(
        "i im my me being as talking chatting speaking interacting hi hello hey greetings ich mein als je j mon tant "
        "comme soy fui sido mi como calidad sou eu meu chamo enquanto sono mio come quanto qualità "
        "я меня моё мое как будучи"
    )
)
EAST_ASIAN_SELF = frozenset("我私僕名わ作身")

I_AM = (
    r"I\s+am|I['’]m|Im|I\s*(?=,)|"
    r"you(?:['’]re|\s+are)(?:\s+\w+)?\s+(?:chatting|talking|speaking|interacting)\s+(?:with|to)"
)
MY_NAME_IS = (
    r"my\s+name\s+is|my\s+name['’]s|call\s+me|I\s+go\s+by(?:\s+the\s+name(?:\s+of)?)?|"
    r"(?:hi|hello|hey|greetings)\b[^.?\n]{0,20}\bthis\s+is"
)
OTHER_I_AM = (
    r"ich\s+bin|ich\s+hei(?:ß|ss)e|mein\s+name\s+ist|je\s+suis|je\s+m['’]appelle|mon\s+nom\s+est|"
    r"(?:yo\s+)?soy|me\s+llamo|mi\s+nombre\s+es|(?:eu\s+)?sou|(?:eu\s+)?me\s+chamo|chamo-me|meu\s+nome\s+é|"
    r"(?:io\s+)?sono|mi\s+chiamo|(?:il\s+)?mio\s+nome\s+è|я|меня\s+зовут|мо[её]\s+имя"
)
EAST_ASIAN_I_AM = "我是|我叫|我的名字是|我的名字叫|我名叫|私の名前は|名前は|私は|わたしは|僕は"
AS = (
    r"as|being|als|en\s+tant\s+que|en\s+tant\s+qu(?=['’])|comme|como|en\s+calidad\s+de|enquanto|come|in\s+quanto|"
    r"in\s+qualità\s+di|как|будучи"
)
EAST_ASIAN_AS = "作为|身为"
I_WAS = (
    r"I\s+was|I\s+have\s+been|I['’]ve\s+been|like\s+me|ich\s+wurde|j['’]ai\s+été|fui|he\s+sido|"
    r"(?:eu\s+)?fui|sono\s+stat[oa]|меня"
)
FIRST_PERSON = (
    r"\b(?:I|I['’](?:m|d|ll|ve)|my|me|mine|myself|ich|mein\w*|mir|mich|je|j['’]\w+|mon|ma|mes|moi|yo|mi|mis|puedo|tengo|"
    r"soy|eu|meu|minha|posso|tenho|sou|io|mio|mia|ho|sono|я|мне|мой|моя|мои|меня)\b|我|私"
)
SPEAKS_OF_AI = (
    r"\b(?:AI|A\.I\.|LLM|KI|IA|ИИ|OpenAI|Anthropic|DeepMind)\b|AI(?=[\u3040-\u30ff\u4e00-\u9fff])|KI-|IA-|"
    r"(?i:artificial\s+intell|language\s+model|chat-?\s?bot|virtual\s+assistant|an?\s+assistant|your\s+assistant|"
    r"helpful\s+assistant|training\s+data|knowledge\s+cutoff|sprachmodell|künstliche\s+intell|modèle\s+de\s+lang|"
    r"intelligence\s+artificielle|modelo\s+de\s+l|inteligencia\s+artificial|inteligência\s+artificial|modello\s+di\s+ling|"
    r"modello\s+linguistico|intelligenza\s+artificiale|искусственн|языков\w+\s+модел|чат-бот)|"
    r"人工智能|语言模型|聊天机器人|言語モデル|アシスタント|人工知能"
)
AI_NOUN = (
    r"\b(?:AI|LLM|GPT|language\s+model|assistant|chatbot|chat\s+bot|bot|artificial\s+intelligence|intelligence|KI|IA|"
    r"ИИ|Sprachmodell|Modell|Assistent|modèle|modelo|modello|asistente|assistente|модель|ассистент|помощник)\b"
)
PERSON_NOUN = (
    r"research\w*|engineer\w*|scientist\w*|expert\w*|developer\w*|employee\w*|team\w*|user\w*|manager\w*|lead\w*|fan\w*|"
    r"enthusiast\w*|consultant\w*|trainer\w*|professor\w*|student\w*|recruiter\w*|director\w*"
)

# Words of system names that are words of the language, so that "I am current" or "As Base" never count.
ORDINARY_WORDS = frozenset(
    _spelled(
        "academic adaptive advanced agent agents alpha alternative anchor answer assistant assistants automatic "
        "base baseline basic best beta better bigger black blue bold bright brown candidate chat chatbot classic "
        "clean cloud code coder commercial compact concise control controlled conversation copy creative current "
        "custom daily dark data dataset decoder deep default demo demonstration detailed development direct "
        "distilled double draft dummy early edge encoder english enhanced enterprise example excellent expanded "
        "expert extended extra fast final fine fine-tuned finetuned first flash formal fourth free french friendly "
        "full future general generic german gold good gray great green grey guard guided hard heavy helper helpful "
        "high human humans hybrid improved informal initial instant instruct instruction instructions intermediate "
        "internal large larger latest lead learning legacy light lite little local long lower machine main major "
        "manual master max maximum media medium mega micro mini minor mixed mode model models modern multi naive "
        "name native neutral next nightly none normal novel offline older online open optimized orange original "
        "other output pilot plain plus polite power preview previous private pro product production professional "
        "prompt prompted proposed proxy public pure python quality quantized quick random raw reader real reason "
        "reasoning recent reference refined regular release research result retrieval revised reward rules sample "
        "second secret secure senior sentence server service short simple single slow small smaller smart snapshot "
        "social soft source special speech stable staging standard start static strict strong student summary "
        "super support supreme system systems target teacher team temperature test tested text think thinking "
        "third tiny tool tools trained training trial tuned turbo type ultra unit updated user vanilla variant "
        "verbose version very vision voice weak white wide with without work writer writing young "
    )
)
