// Measures the exported GGUF itself with the node-llama-cpp of packages/engine:
//   node docs/models/training/evaluate.mjs [MODEL.gguf] [reviews.csv]
import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {performance} from "node:perf_hooks";
import {createRequire} from "node:module";
import {pathToFileURL} from "node:url";

const engine = createRequire(new URL("../../../packages/engine/package.json", import.meta.url));
const {getLlama, LlamaChatSession, LlamaCompletion, LlamaLogLevel} = await import(pathToFileURL(engine.resolve("node-llama-cpp")));

const here = (p) => fileURLToPath(new URL(p, import.meta.url));
const modelPath = process.argv[2] ?? here("../../../packages/engine/models/millrace-micro.gguf");
const csvPath = process.argv[3] ?? here("../../../workflows/data/reviews.csv");

function parseCsv(text) {
    const rows = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
        const c = text[i], row = rows[rows.length - 1];
        if (quoted) {
            if (c === '"' && text[i + 1] === '"') row[row.length - 1] += text[++i];
            else if (c === '"') quoted = false;
            else row[row.length - 1] += c;
        } else if (c === '"') quoted = true;
        else if (c === ",") row.push("");
        else if (c === "\n") rows.push([""]);
        else row[row.length - 1] += c;
    }
    const [head, ...body] = rows.filter((r) => r.length > 1);
    return body.map((r) => Object.fromEntries(head.map((h, i) => [h, r[i]])));
}

const rows = parseCsv(readFileSync(csvPath, "utf8"));
const llama = await getLlama({gpu: false, build: "never", progressLogs: false, logLevel: LlamaLogLevel.error});
let t = performance.now();
const model = await llama.loadModel({modelPath});
const context = await model.createContext({contextSize: 512, threads: 1});
console.log(`load ${(performance.now() - t).toFixed(0)} ms (model and context), ${model.size} bytes of weights, ${model.typeDescription}, train context ${model.trainContextSize}`);
const sequence = context.getSequence();
const completion = new LlamaCompletion({contextSequence: sequence});
const ask = async (prompt, options = {}) => {
    await sequence.clearHistory();
    return completion.generateCompletion(prompt, {maxTokens: 60, temperature: 0, ...options});
};
const PROMPTS = {
    classify: (r) => `Classify the sentiment of this review as positive, negative or neutral.\nReview: ${r.text}\nSentiment:`,
    reply: (r) => `Write a one-sentence reply to this ${r.label} review.\nReview: ${r.text}\nReply:`,
    json: (r) => `Return JSON with the sentiment and the aspect of this review.\nReview: ${r.text}\nJSON:`,
    summary: (r) => `Summarise in at most six words.\nReview: ${r.text}\nSummary:`
};

// a) plain completion
const labels = ["positive", "neutral", "negative"];
const score = (name, answers) => {
    const right = answers.filter((a, i) => a === rows[i].label).length;
    const other = answers.filter((a) => !labels.includes(a)).length;
    const f1 = labels.map((l) => {
        const tp = answers.filter((a, i) => a === l && rows[i].label === l).length;
        return (2 * tp) / (answers.filter((a) => a === l).length + rows.filter((r) => r.label === l).length || 1);
    });
    console.log(`${name}: ${right}/${rows.length} = ${(100 * right / rows.length).toFixed(1)} %, F1 ${labels.map((l, i) => `${l} ${f1[i].toFixed(2)}`).join(", ")}, other answers ${other}`);
};
const majority = Math.max(...labels.map((l) => rows.filter((r) => r.label === l).length));
console.log(`majority class: ${majority}/${rows.length} = ${(100 * majority / rows.length).toFixed(1)} %`);
const answers = [];
t = performance.now();
for (const r of rows) answers.push((await ask(PROMPTS.classify(r))).trim());
console.log(`${rows.length} classifications in ${((performance.now() - t) / 1000).toFixed(1)} s`);
score("classify, plain", answers);
for (const l of labels) console.log(`   ${l.padEnd(8)} answered as`, Object.fromEntries(labels.map((m) => [m, answers.filter((a, i) => a === m && rows[i].label === l).length])));
const clear = rows.map((r, i) => [r, answers[i]]).filter(([r]) => r.label !== "neutral");
console.log(`   positive and negative rows only: ${clear.filter(([r, a]) => r.label === a).length}/${clear.length}`);

// the same through the chat template in the file
const session = new LlamaChatSession({contextSequence: sequence, systemPrompt: ""});
console.log("chat wrapper:", session.chatWrapper.wrapperName);
const chatAnswers = [];
for (const r of rows) {
    session.resetChatHistory();
    chatAnswers.push((await session.prompt(PROMPTS.classify(r), {temperature: 0, maxTokens: 60})).trim());
}
score("classify, chat", chatAnswers);
session.dispose({disposeSequence: false});

// c) JSON, free and under a grammar
const grammar = await llama.createGrammarForJsonSchema({
    type: "object", properties: {sentiment: {enum: labels}, aspect: {type: "string", maxLength: 40}}, required: ["sentiment", "aspect"]
});
let valid = 0, inText = 0, validGrammar = 0, agree = 0;
const N = Math.min(rows.length, 200), step = Math.floor(rows.length / N);
for (let i = 0; i < N; i++) {
    const r = rows[i * step];
    try {
        const o = JSON.parse(await ask(PROMPTS.json(r)));
        if (labels.includes(o.sentiment) && typeof o.aspect === "string") valid++;
        if (o.aspect === "overall" || r.text.toLowerCase().includes(o.aspect)) inText++;
        if (o.sentiment === answers[i * step]) agree++;
    } catch {}
    try { grammar.parse(await ask(PROMPTS.json(r), {grammar})); validGrammar++; } catch {}
}
console.log(`JSON on ${N} rows: valid ${valid}, aspect from the review or "overall" ${inText}, same label as (a) ${agree}; with a JSON-schema grammar valid ${validGrammar}`);

// determinism and speed
const first = await Promise.all([ask(PROMPTS.reply(rows[0]))]), second = await ask(PROMPTS.reply(rows[0]));
console.log("temperature 0 twice the same:", first[0] === second);
const seeded = [];
for (const seed of [1, 1, 2, 3, 4]) seeded.push(await ask(PROMPTS.reply(rows[0]), {temperature: 1, seed}));
console.log("temperature 1, seeds 1 1 2 3 4:", seeded);
for (let i = 0; i < 3; i++) {
    let n = 0;
    t = performance.now();
    for (let j = 0; j < 20; j++) n += model.tokenize(await ask(PROMPTS.reply(rows[j]))).length;
    const replyTime = performance.now() - t;
    await sequence.clearHistory();
    const many = model.tokenize(rows.slice(0, 30).map((r) => r.text).join("\n")).slice(0, 400);
    t = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(many);
    console.log(`generation ${(n / replyTime * 1000).toFixed(0)} tokens/s (prompts included), prompt ${(many.length / (performance.now() - t) * 1000).toFixed(0)} tokens/s`);
}
for (const r of [rows[4], rows[40], rows[333], {text: "The screen is bright but the battery died after two weeks.", label: "negative"}].filter(Boolean)) {
    console.log("\nREVIEW", JSON.stringify(r.text), r.label);
    for (const [name, prompt] of Object.entries(PROMPTS)) console.log(`  ${name}:`, JSON.stringify(await ask(prompt(r))));
}
const chat = new LlamaChatSession({contextSequence: sequence, systemPrompt: "You are a helpful assistant."});
for (const q of ["Why is the sky blue?", "Is this review positive, negative or neutral? I love this phone, the sound is great.", "Now write a reply.", "Now as JSON."])
    console.log("CHAT", JSON.stringify(q), "->", JSON.stringify(await chat.prompt(q, {temperature: 0, maxTokens: 60})));
process.exit(0);
