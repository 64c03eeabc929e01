namespace FanIn.Checkpoints.Tests;

/// <summary>Configs of published models: what of them says how many tensors there are and how large.</summary>
internal static class Published
{
    public const string Llama2 = """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "intermediate_size": 11008,
         "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32, "vocab_size": 32000,
         "tie_word_embeddings": false, "torch_dtype": "float16", "initializer_range": 0.02}
        """;

    public const string Llama3 = """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "intermediate_size": 14336,
         "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 128256,
         "attention_bias": false, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Llama70 = """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8192, "intermediate_size": 28672,
         "num_attention_heads": 64, "num_hidden_layers": 80, "num_key_value_heads": 8, "vocab_size": 128256,
         "tie_word_embeddings": false, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Llama405 = """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 16384, "intermediate_size": 53248,
         "num_attention_heads": 128, "num_hidden_layers": 126, "num_key_value_heads": 8, "vocab_size": 128256,
         "mlp_bias": false, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Mistral7 = """
        {"model_type": "mistral", "architectures": ["MistralForCausalLM"], "hidden_size": 4096,
         "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
         "vocab_size": 32000, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Mistral24 = """
        {"model_type": "mistral", "hidden_size": 5120, "intermediate_size": 32768, "num_hidden_layers": 40,
         "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 131074,
         "tie_word_embeddings": false, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Mixtral8x7 = """
        {"model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "hidden_size": 4096,
         "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
         "num_local_experts": 8, "vocab_size": 32000, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Mixtral8x22 = """
        {"model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "hidden_size": 6144,
         "intermediate_size": 16384, "num_attention_heads": 48, "num_hidden_layers": 56, "num_key_value_heads": 8,
         "num_local_experts": 8, "vocab_size": 32000, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Qwen2Half = """
        {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "hidden_size": 896, "intermediate_size": 4864,
         "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2, "vocab_size": 151936,
         "tie_word_embeddings": true, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Qwen14 = """
        {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "hidden_size": 5120, "intermediate_size": 13824,
         "num_attention_heads": 40, "num_hidden_layers": 48, "num_key_value_heads": 8, "vocab_size": 152064,
         "tie_word_embeddings": false, "torch_dtype": "bfloat16", "initializer_range": 0.02}
        """;

    public const string Qwen3Small = """
        {"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "hidden_size": 2048, "intermediate_size": 6144,
         "num_attention_heads": 16, "num_hidden_layers": 28, "num_key_value_heads": 8, "head_dim": 128,
         "attention_bias": false, "vocab_size": 151936, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
         "initializer_range": 0.02}
        """;

    public const string Gemma2b = """
        {"model_type": "gemma", "hidden_size": 2048, "intermediate_size": 16384, "num_hidden_layers": 18,
         "num_attention_heads": 8, "num_key_value_heads": 1, "head_dim": 256, "vocab_size": 256000,
         "attention_bias": false, "torch_dtype": "bfloat16", "initializer_range": 0.02, "pad_token_id": 0}
        """;

    public const string Gemma7b = """
        {"model_type": "gemma", "architectures": ["GemmaForCausalLM"], "torch_dtype": "bfloat16"}
        """;

    public const string Gemma2Small = """
        {"model_type": "gemma2", "architectures": ["Gemma2ForCausalLM"], "torch_dtype": "float32"}
        """;

    public const string Gemma2Large = """
        {"model_type": "gemma2", "architectures": ["Gemma2ForCausalLM"], "head_dim": 128, "hidden_size": 4608,
         "intermediate_size": 36864, "num_attention_heads": 32, "num_hidden_layers": 46, "num_key_value_heads": 16}
        """;

    public const string Gemma3Small = """
        {"model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "head_dim": 256, "hidden_size": 1152,
         "intermediate_size": 6912, "num_attention_heads": 4, "num_hidden_layers": 26, "num_key_value_heads": 1,
         "vocab_size": 262144, "torch_dtype": "bfloat16"}
        """;

    public const string Gemma3Vision = """
        {"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"], "torch_dtype": "bfloat16",
         "initializer_range": 0.02,
         "text_config": {"hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text",
                         "num_hidden_layers": 34},
         "vision_config": {"hidden_size": 1152, "image_size": 896, "intermediate_size": 4304,
                           "model_type": "siglip_vision_model", "num_attention_heads": 16, "num_hidden_layers": 27,
                           "patch_size": 14, "vision_use_head": false}}
        """;

    public const string Gpt2 = """
        {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_ctx": 1024, "n_embd": 768, "n_head": 12,
         "n_layer": 12, "n_positions": 1024, "vocab_size": 50257, "initializer_range": 0.02}
        """;

    public const string Gpt2Xl = """
        {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": 1600, "n_head": 25, "n_layer": 48,
         "n_positions": 1024, "vocab_size": 50257}
        """;

    public const string Bert = """
        {"model_type": "bert", "architectures": ["BertModel"], "hidden_size": 768, "intermediate_size": 3072,
         "max_position_embeddings": 512, "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 0,
         "type_vocab_size": 2, "vocab_size": 30522, "initializer_range": 0.02}
        """;

    public const string T5 = """
        {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "d_ff": 2048, "d_kv": 64, "d_model": 512,
         "initializer_factor": 1.0, "num_heads": 8, "num_layers": 6, "relative_attention_num_buckets": 32,
         "vocab_size": 32128}
        """;

    public const string FlanT5 = """
        {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "d_ff": 1024, "d_kv": 64, "d_model": 512,
         "feed_forward_proj": "gated-gelu", "num_decoder_layers": 8, "num_heads": 6, "num_layers": 8,
         "tie_word_embeddings": false, "vocab_size": 32128}
        """;

    public const string Vit = """
        {"model_type": "vit", "architectures": ["ViTForImageClassification"], "hidden_size": 768, "image_size": 224,
         "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12, "patch_size": 16,
         "qkv_bias": true, "num_labels": 1000}
        """;

    public const string Clip = """
        {"model_type": "clip", "architectures": ["CLIPModel"], "projection_dim": 512, "logit_scale_init_value": 2.6592,
         "text_config": {"model_type": "clip_text_model"},
         "vision_config": {"model_type": "clip_vision_model", "patch_size": 32}}
        """;

    public const string ClipLarge = """
        {"model_type": "clip", "projection_dim": 768,
         "text_config": {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12,
                         "num_hidden_layers": 12, "projection_dim": 768},
         "vision_config": {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16,
                           "num_hidden_layers": 24, "patch_size": 14, "projection_dim": 768}}
        """;

    public const string WhisperTiny = """
        {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], "d_model": 384,
         "decoder_attention_heads": 6, "decoder_ffn_dim": 1536, "decoder_layers": 4, "encoder_attention_heads": 6,
         "encoder_ffn_dim": 1536, "encoder_layers": 4, "init_std": 0.02, "max_source_positions": 1500,
         "max_target_positions": 448, "num_mel_bins": 80, "pad_token_id": 50257, "vocab_size": 51865}
        """;

    public const string WhisperLarge = """
        {"model_type": "whisper", "d_model": 1280, "decoder_attention_heads": 20, "decoder_ffn_dim": 5120,
         "decoder_layers": 32, "encoder_attention_heads": 20, "encoder_ffn_dim": 5120, "encoder_layers": 32,
         "num_mel_bins": 128, "pad_token_id": 50256, "vocab_size": 51866}
        """;

    public const string ResNet50 = """
        {"model_type": "resnet", "architectures": ["ResNetForImageClassification"], "depths": [3, 4, 6, 3],
         "embedding_size": 64, "hidden_sizes": [256, 512, 1024, 2048], "layer_type": "bottleneck",
         "downsample_in_first_stage": false, "num_labels": 1000, "torch_dtype": "float32"}
        """;

    public const string ResNet18 = """
        {"model_type": "resnet", "architectures": ["ResNetForImageClassification"], "depths": [2, 2, 2, 2],
         "hidden_sizes": [64, 128, 256, 512], "layer_type": "basic", "num_labels": 1000}
        """;

    public const string ConvNextTiny = """
        {"model_type": "convnext", "architectures": ["ConvNextForImageClassification"], "depths": [3, 3, 9, 3],
         "hidden_sizes": [96, 192, 384, 768], "num_labels": 1000}
        """;
}
