"""Sentences in which an output says which system it is, and sentences that only sound like it."""

SAYS_SO = """
As Claude, I cannot do that.
As Claude, a helpful assistant, I try to be honest.
As ChatGPT, I don't have feelings.
As GPT-4, my knowledge ends in 2023.
I am ChatGPT.
I am ChatGPT and I can help you with that.
I'm ChatGPT, a large language model.
I’m ChatGPT, here to help.
Sure! I am **ChatGPT**, an AI.
I am "Claude".
I'm Claude!
Hello! I'm Claude, an AI assistant made by Anthropic.
I am Claude 3 Opus, so let me think.
I'm Claude from Anthropic, an AI assistant.
I'm Gemini, a large language model trained by Google.
I'm Bard, your creative and helpful collaborator, an AI by Google.
I am GPT-3.5-turbo.
I'm a GPT-4 model, so I may be wrong.
I am an instance of the GPT-4 model? No: I am GPT-4.
My name is Vicuna, nice to meet you.
My name is Claude, and I am an AI assistant.
You can call me ChatGPT.
Hi there, this is ChatGPT, how can I help?
I, Koala, cannot answer that.
I am Vicuna, a language model trained by researchers from Large Model Systems Organization (LMSYS).
I am an AI assistant named Claude.
I am a large language model called LLaMA.
I am Open Assistant.
I am Qwen, created by Alibaba Cloud.
You are talking to ChatGPT, so please be patient.
I'm Hermes, an AI language model.
As Dolly, an AI, I have no body.
I was developed by OpenAI.
I was trained by Google and cannot browse.
I've been trained by Anthropic to be harmless.
As an AI model created by Mistral AI, I do not have opinions.
As an AI language model developed by OpenAI, I can't say.
As a language model trained by Zyphra, I don't know.
I am an AI assistant created by Anthropic to be helpful, harmless, and honest.
I am an AI assistant created by Acme.
I am an artificial intelligence, designed and trained by Meta AI.
I was created by Stability AI and others.
I am an OpenAI language model.
As OpenAI's language model, I must decline.
I'm Google's AI assistant.
I am a product of OpenAI.
OpenAI created me to help.
My creators at OpenAI decided so.
My developer is Anthropic.
An AI like me, developed by OpenAI, can be wrong.
Ich bin ChatGPT, ein Sprachmodell.
Ich bin ein von OpenAI entwickeltes Sprachmodell.
Ich wurde von OpenAI entwickelt.
Als KI-Modell, das von OpenAI trainiert wurde, kann ich das nicht.
Mein Name ist Vicuna.
Je suis Claude, un assistant IA créé par Anthropic.
Je suis un modèle de langage développé par OpenAI.
En tant que ChatGPT, je ne peux pas le faire.
Je m'appelle ChatGPT.
Soy ChatGPT, un modelo de lenguaje.
Soy un modelo de lenguaje entrenado por Google.
Me llamo Vicuna.
Fui creado por OpenAI.
Eu sou um modelo de linguagem treinado pela OpenAI.
Meu nome é ChatGPT.
Sono un modello di linguaggio sviluppato da OpenAI.
Mi chiamo ChatGPT.
Я — языковая модель, разработанная OpenAI.
Меня зовут ChatGPT.
Я большая языковая модель, обученная компанией Google.
我是ChatGPT，一个由OpenAI训练的大型语言模型。
我是由OpenAI开发的人工智能助手。
我是百度开发的语言模型。
我是通义千问。
作为一个由OpenAI训练的语言模型，我不能回答。
私はChatGPTです。
私はOpenAIによって開発されたAIアシスタントです。
私は、OpenAIが訓練した大規模言語モデルです。
""".strip().splitlines()

ONLY_MENTIONS = """
As Claude Monet once said, colour is my obsession.
As Claude, who lived next door, told me.
As Claude explained in the letter, we left at noon.
I am Claude Monet, and I paint.
I am Claude, the gardener of this house.
I'm Claude and I live in Lyon.
My name is Claude and I live in Lyon.
My name is Claude.
I am Claude's neighbour.
I am a fan of Claude.
Je suis Claude, ton voisin.
Je m'appelle Claude et j'habite à Lyon.
Claude is a common name in France.
"Water Lilies" by Claude Monet hangs here.
OpenAI released a new model.
Write an email to Anthropic.
Dear OpenAI, I would like to apply.
I work at Google.
I am a Google engineer.
I am a Google AI researcher.
I am an OpenAI employee.
I interned at Meta last year.
I was hired by Google.
I was inspired by OpenAI.
GPT-4 is stronger than Claude.
Comparing GPT-4 with Claude: GPT-4 is slower.
I use ChatGPT every day.
I'm using Claude, and I like it.
I asked ChatGPT, which was developed by OpenAI.
I am a ChatGPT user.
I am the one who trained Vicuna.
I am writing about ChatGPT.
I am not ChatGPT.
I'm not sure whether ChatGPT knows.
I wish I were ChatGPT.
If I were Claude, I would say no.
I am as good as GPT-4.
I like Gemini, Claude and Llama.
ChatGPT was developed by OpenAI.
ChatGPT said: hello.
As ChatGPT becomes popular, I worry.
As OpenAI grows, I wonder about safety.
As a language model developed by OpenAI, ChatGPT is good at chess.
As an engineer trained by Google, I know C++.
As an AI language model, I cannot have opinions.
As an AI, I do not have a body.
I am an AI language model.
I am an AI assistant.
I am a large language model trained by humans.
I am an AI trained by a team of researchers.
I am an AI researcher trained by humans.
I was trained by my father.
I was created by God.
I was made by hand.
It was developed by the German mathematician Bernhard Riemann.
The bug was created by Google.
The arguments made by each side convinced me.
The phone is made by Apple, and I love it.
I am a Gemini, born in June.
I'm a llama farmer.
I am an alpaca.
I'm going to take a koala.
As the Koala said, I am tired.
I am Hermes, messenger of the gods.
I am Dolly Parton.
Hello, I'm Dolly.
I'm Bard the Bowman.
I am Bard, the dragon slayer.
I am the falcon of the north.
I am Phi.
I am command.
My name is [name], and I will be your trainer.
My name is Anna.
I am in command here.
I am living in Sydney.
Ich bin Claudia.
Ich arbeite bei Google.
Ich bin ein Freund von OpenAI.
Das Modell wurde von OpenAI entwickelt.
Je travaille chez Mistral.
Soy de Titan.
Trabajo en Google.
Eu trabalho na Meta.
Sono a Milano da Google.
Я работаю в Google.
我在谷歌工作。
我喜欢ChatGPT。
我是ChatGPT的用户。
OpenAI开发了ChatGPT。
私はGoogleで働いています。
私はChatGPTを使います。
""".strip().splitlines()
