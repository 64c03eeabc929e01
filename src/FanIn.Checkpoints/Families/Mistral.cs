namespace FanIn.Checkpoints;

/// <summary>
/// Mistral: the decoders' template without biases. The width of a head is a number of its own: 128 in the 24B model, where
/// the model's over the heads would be 160.
/// </summary>
/// <remarks>Jiang et al.: Mistral 7B, 2023; transformers' MistralConfig.</remarks>
internal static class Mistral
{
    public static readonly Family Family = new(
        "mistral",
        c =>
        {
            long vocabulary = c.Size("vocab_size", 32_000);
            long hidden = c.Size("hidden_size", 4096);
            long heads = c.Size("num_attention_heads", 32);
            return new Decoder("Mistral", "mistral")
            {
                Vocabulary = vocabulary,
                Hidden = hidden,
                Intermediate = c.Size("intermediate_size", 14_336),
                Layers = c.Count("num_hidden_layers", 32),
                Heads = heads,
                KeyValueHeads = c.SizeOrNull("num_key_value_heads", 8) ?? heads,
                HeadWidth = Decoder.HeadWidthOf(c, hidden, heads),
                IsTied = c.Flag("tie_word_embeddings", false),
                Padding = c.Row("pad_token_id", null, vocabulary),
                Deviation = c.Scale("initializer_range", 0.02),
            }.Table(c);
        }
    );
}
