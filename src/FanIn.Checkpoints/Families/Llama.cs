namespace FanIn.Checkpoints;

/// <summary>
/// Llama 1 to 3: the decoders' template, with biases where the config asks for them. N(0, initializer_range^2) for weights
/// and embeddings, norms 1, the embedding's padding row 0; no scaling by depth.
/// </summary>
/// <remarks>Touvron et al.: LLaMA, 2023; transformers' LlamaConfig and LlamaPreTrainedModel.</remarks>
internal static class Llama
{
    public static readonly Family Family = new(
        "llama",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 32_000);
            long hidden = c.Size("hidden_size", 4096);
            long heads = c.Size("num_attention_heads", 32);
            bool attentionBias = c.Flag("attention_bias", false);
            return new Decoder("Llama", "llama")
            {
                Vocabulary = vocabulary,
                Hidden = hidden,
                Intermediate = c.Size("intermediate_size", 11_008),
                Layers = c.Count("num_hidden_layers", 32),
                Heads = heads,
                KeyValueHeads = c.SizeOrNull("num_key_value_heads", null) ?? heads,
                HeadWidth = Decoder.HeadWidthOf(c, hidden, heads),
                IsTied = c.Flag("tie_word_embeddings", false),
                Padding = c.Row("pad_token_id", null, vocabulary),
                HasQueryKeyValueBias = attentionBias,
                HasOutputBias = attentionBias,
                HasMlpBias = c.Flag("mlp_bias", false),
                Deviation = c.Scale("initializer_range", 0.02),
            }.Table(c);
        }
    );
}
