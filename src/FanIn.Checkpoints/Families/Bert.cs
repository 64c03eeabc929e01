namespace FanIn.Checkpoints;

/// <summary>
/// BERT: N(0, initializer_range^2) for weights and embeddings, biases 0, norms 1 and 0, the word table's padding row 0. The
/// head that predicts words shares the word table; its bias is its own.
/// </summary>
/// <remarks>Devlin et al.: BERT, 2018; transformers' BertConfig.</remarks>
internal static class Bert
{
    private const string Bare = "BertModel";
    private const string Pretraining = "BertForPreTraining";
    private const string Masked = "BertForMaskedLM";
    private const string Causal = "BertLMHeadModel";
    private const string Sequence = "BertForSequenceClassification";
    private const string Tokens = "BertForTokenClassification";
    private const string Answers = "BertForQuestionAnswering";

    public static readonly Family Family = new(
        "bert",
        c =>
        {
            c.Refuse("add_cross_attention", "attention to an encoder");
            c.Word("position_embedding_type", "absolute");
            long vocabulary = c.Size("vocab_size", 30_522);
            long hidden = c.Size("hidden_size", 768);
            long intermediate = c.Size("intermediate_size", 3072);
            string architecture = c.Architecture(Bare, [Bare, Pretraining, Masked, Causal, Sequence, Tokens, Answers]);
            bool predicts = architecture is Pretraining or Masked or Causal;
            bool isTied = c.Flag("tie_word_embeddings", true);
            return new(
                architecture,
                [
                    Row.Within(
                        architecture == Bare ? "" : "bert",
                        Row.Within(
                            "embeddings",
                            Row.Embedding(
                                "word_embeddings",
                                vocabulary,
                                hidden,
                                c.Row("pad_token_id", 0, vocabulary),
                                predicts && isTied ? ["cls.predictions.decoder.weight"] : []
                            ),
                            Row.Embedding("position_embeddings", c.Size("max_position_embeddings", 512), hidden),
                            Row.Embedding("token_type_embeddings", c.Size("type_vocab_size", 2), hidden),
                            Row.LayerNorm("LayerNorm", hidden)
                        ),
                        Row.Layers(
                            "encoder.layer.{i}",
                            c.Count("num_hidden_layers", 12),
                            Row.Linear("attention.self.query", hidden, hidden),
                            Row.Linear("attention.self.key", hidden, hidden),
                            Row.Linear("attention.self.value", hidden, hidden),
                            Row.Linear("attention.output.dense", hidden, hidden),
                            Row.LayerNorm("attention.output.LayerNorm", hidden),
                            Row.Linear("intermediate.dense", intermediate, hidden),
                            Row.Linear("output.dense", hidden, intermediate),
                            Row.LayerNorm("output.LayerNorm", hidden)
                        ),
                        Row.If(
                            architecture is Bare or Pretraining or Sequence,
                            Row.Linear("pooler.dense", hidden, hidden)
                        )
                    ),
                    Row.If(
                        predicts,
                        Row.Bias("cls.predictions.bias", vocabulary, "cls.predictions.decoder.bias"),
                        Row.Linear("cls.predictions.transform.dense", hidden, hidden),
                        Row.LayerNorm("cls.predictions.transform.LayerNorm", hidden),
                        Row.If(!isTied, Row.Linear("cls.predictions.decoder", vocabulary, hidden, bias: false))
                    ),
                    Row.If(architecture == Pretraining, Row.Linear("cls.seq_relationship", 2, hidden)),
                    architecture is Sequence or Tokens ? Row.Linear("classifier", c.Labels(), hidden) : Row.If(false),
                    architecture == Answers ? Row.Linear("qa_outputs", c.Labels(), hidden) : Row.If(false),
                ],
                FamilyRecipe.Normal("bert", c.Scale("initializer_range", 0.02))
            );
        }
    );
}
