namespace FanIn.Checkpoints;

/// <summary>
/// Gemma: the decoders' template, tied, with heads 256 wide; norms multiply by 1 + w, so that w begins at 0; row 0 of the
/// embedding is padding.
/// </summary>
/// <remarks>Gemma Team: Gemma, 2024; transformers' GemmaConfig.</remarks>
internal static class Gemma
{
    public static readonly Family Family = new(
        "gemma",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 256_000);
            long hidden = c.Size("hidden_size", 3072);
            long heads = c.Size("num_attention_heads", 16);
            bool attentionBias = c.Flag("attention_bias", false);
            return new Decoder("Gemma", "gemma")
            {
                Vocabulary = vocabulary,
                Hidden = hidden,
                Intermediate = c.Size("intermediate_size", 24_576),
                Layers = c.Count("num_hidden_layers", 28),
                Heads = heads,
                KeyValueHeads = c.SizeOrNull("num_key_value_heads", 16) ?? heads,
                HeadWidth = Decoder.HeadWidthOf(c, hidden, heads, 256),
                IsTied = c.Flag("tie_word_embeddings", true),
                Padding = c.Row("pad_token_id", 0, vocabulary),
                HasQueryKeyValueBias = attentionBias,
                HasOutputBias = attentionBias,
                Norm = Row.OffsetRmsNorm,
                Deviation = c.Scale("initializer_range", 0.02),
            }.Table(c);
        }
    );
}
