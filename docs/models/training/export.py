"""Writes packages/engine/models/millrace-micro.gguf from .cache/model.npz and .cache/tok.model (llama architecture, SentencePiece tokenizer).

    python export.py [--type f16|q8_0] [--weights model.npz] [--out FILE]
"""
import argparse
import gguf, numpy as np, sentencepiece as spm
import source
from train import CFG

TEMPLATE = (
    "{%- set ns = namespace(system='') -%}"
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'system' -%}{%- set ns.system = ns.system + message['content'] + '\\n\\n' -%}"
    "{%- elif message['role'] == 'user' -%}{{- '<|user|>' + ns.system + message['content'] -}}{%- set ns.system = '' -%}"
    "{%- elif message['role'] == 'assistant' -%}{{- '<|assistant|>' + message['content'] + eos_token -}}"
    "{%- endif -%}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}")
DESCRIPTION = ("A tiny demonstration model, not for real work: sentiment, one-sentence reply, JSON and short summary of short English reviews. "
               "Trained from scratch on the human-rated snippets and the lexicon of VADER (Hutto & Gilbert 2014, MIT) with template answers.")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--type", choices=("f16", "q8_0"), default="q8_0")
    ap.add_argument("--weights", default="model.npz")
    ap.add_argument("--out", default=str(source.ROOT / "packages" / "engine" / "models" / "millrace-micro.gguf"))
    a = ap.parse_args()
    kind = {"f16": gguf.GGMLQuantizationType.F16, "q8_0": gguf.GGMLQuantizationType.Q8_0}[a.type]
    p = np.load(source.CACHE / a.weights)
    d, h = CFG["dim"], CFG["heads"]
    w = gguf.GGUFWriter(a.out, "llama")
    w.add_name("millrace-micro")
    w.add_description(DESCRIPTION)
    w.add_license("mit")
    w.add_size_label(f"{sum(p[k].size for k in p.files) / 1e6:.1f}M")
    w.add_languages(["en"])
    w.add_tags(["text-generation", "demonstration"])
    w.add_quantization_version(gguf.GGML_QUANT_VERSION)
    w.add_file_type(gguf.LlamaFileType.MOSTLY_F16 if a.type == "f16" else gguf.LlamaFileType.MOSTLY_Q8_0)
    w.add_context_length(CFG["context"])
    w.add_embedding_length(d)
    w.add_block_count(CFG["layers"])
    w.add_feed_forward_length(CFG["ffn"])
    w.add_head_count(h)
    w.add_head_count_kv(h)
    w.add_rope_dimension_count(d // h)
    w.add_rope_freq_base(CFG["theta"])
    w.add_layer_norm_rms_eps(CFG["eps"])
    w.add_vocab_size(CFG["vocab"])

    sp = spm.SentencePieceProcessor(model_file=str(source.CACHE / "tok.model"))
    kinds = [(sp.is_unknown, gguf.TokenType.UNKNOWN), (sp.is_control, gguf.TokenType.CONTROL), (sp.is_byte, gguf.TokenType.BYTE)]
    n = range(sp.vocab_size())
    w.add_tokenizer_model("llama")
    w.add_tokenizer_pre("default")
    w.add_token_list([sp.id_to_piece(i).encode() for i in n])
    w.add_token_scores([sp.get_score(i) for i in n])
    w.add_token_types([next((t for test, t in kinds if test(i)), gguf.TokenType.NORMAL) for i in n])
    w.add_bos_token_id(sp.bos_id())
    w.add_eos_token_id(sp.eos_id())
    w.add_unk_token_id(sp.unk_id())
    w.add_pad_token_id(sp.eos_id())
    w.add_add_bos_token(True)
    w.add_add_eos_token(False)
    w.add_add_space_prefix(False)
    w.add_chat_template(TEMPLATE)

    def add(name, x):
        if x.ndim == 1:
            w.add_tensor(name, x.astype(np.float32))
        elif a.type == "f16":
            w.add_tensor(name, x.astype(np.float16))
        else:
            w.add_tensor(name, gguf.quants.quantize(x.astype(np.float32), kind), raw_dtype=kind)

    def paired(x):   # rows of a head from (i, i + half) order to the neighbouring pairs llama.cpp rotates
        return x.reshape(h, 2, d // h // 2, d).swapaxes(1, 2).reshape(d, d)

    add("token_embd.weight", p["['emb']"])            # also the output matrix: tied
    add("output_norm.weight", p["['norm']"])
    for i in range(CFG["layers"]):
        get = lambda k: p[f"['layers'][{i}]['{k}']"]
        for name, k in (("attn_norm", "an"), ("ffn_norm", "fn")):
            add(f"blk.{i}.{name}.weight", get(k))
        for name, k in (("attn_q", "q"), ("attn_k", "k"), ("attn_v", "v"), ("attn_output", "o"), ("ffn_gate", "gate"), ("ffn_up", "up"), ("ffn_down", "down")):
            x = np.ascontiguousarray(get(k).T)        # stored as (out, in)
            add(f"blk.{i}.{name}.weight", paired(x) if k in "qk" else x)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(a.out)


if __name__ == "__main__":
    main()
