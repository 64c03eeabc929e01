namespace FanIn.Checkpoints;

/// <summary>
/// GPT-2: dense layers stored as [in, out], the three of attention side by side in one tensor. N(0, r^2) for weights and
/// embeddings, and N(0, r^2 / (2 layers)) for both projections of a block that write into the residual stream. (Some
/// versions of transformers leave that scaling out, since they look for it at the wrong depth of the module tree.)
/// </summary>
/// <remarks>Radford et al.: Language Models are Unsupervised Multitask Learners, 2019, section 2.3; transformers' GPT2Config.</remarks>
internal static class Gpt2
{
    public static readonly Family Family = new(
        "gpt2",
        c =>
        {
            c.Refuse("add_cross_attention", "attention to an encoder");
            long width = c.Size("n_embd|hidden_size", 768);
            long inner = c.SizeOrNull("n_inner", null) ?? (4 * width);
            long vocabulary = c.Size("vocab_size", 50_257);
            bool isTied = c.Flag("tie_word_embeddings", true);
            string architecture = c.Architecture(
                "GPT2LMHeadModel",
                ["GPT2LMHeadModel", "GPT2Model", "GPT2ForSequenceClassification"]
            );
            bool hasHead = architecture == "GPT2LMHeadModel";
            double range = c.Scale("initializer_range", 0.02);
            return new(
                architecture,
                [
                    Row.Within(
                        architecture == "GPT2Model" ? "" : "transformer",
                        Row.Embedding("wte", vocabulary, width, tied: hasHead && isTied ? ["lm_head.weight"] : []),
                        Row.Embedding("wpe", c.Size("n_positions|max_position_embeddings", 1024), width),
                        Row.Layers(
                            "h.{i}",
                            c.Count("n_layer|num_hidden_layers", 12),
                            Row.LayerNorm("ln_1", width),
                            Row.PackedConv1D("attn.c_attn", ["q", "k", "v"], width, width),
                            Row.Conv1D("attn.c_proj", width, width),
                            Row.LayerNorm("ln_2", width),
                            Row.Conv1D("mlp.c_fc", inner, width),
                            Row.Conv1D("mlp.c_proj", width, inner)
                        ),
                        Row.LayerNorm("ln_f", width)
                    ),
                    Row.If(hasHead && !isTied, Row.Linear("lm_head", vocabulary, width, bias: false)),
                    architecture == "GPT2ForSequenceClassification"
                        ? Row.Linear("score", c.Labels(), width, bias: false)
                        : Row.If(false),
                ],
                Recipe.Parse($"gpt2(std={FamilyRecipe.Text(range)})") with
                {
                    Name = "gpt2",
                }
            );
        }
    );
}
