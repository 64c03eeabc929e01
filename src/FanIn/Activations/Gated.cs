namespace FanIn;

/// <summary>
/// Gated linear units g(a, b) = f(a) b of two halves of a layer's outputs. Which half comes first is the model's affair:
/// torch's glu has the gate second, Llama's gate_proj is a layer of its own.
/// </summary>
internal static class Gated
{
    private const string Shazeer = "Shazeer, GLU variants improve transformer, 2020";

    public static readonly ActivationDefinition Glu = Of("glu", "sigmoid(a) b", Sigmoid.Logistic) with
    {
        Source = "Dauphin, Fan, Auli, Grangier, Language modeling with gated convolutional networks, 2016",
        Use = "gated convolutions",
    };

    public static readonly ActivationDefinition ReGlu = Of("reglu", "max(0, a) b", Relu.Plain);

    public static readonly ActivationDefinition GeGlu = Of("geglu", "gelu(a) b", Gelu.Exact) with
    {
        Use = "feed-forward blocks of transformers: T5 1.1, Gemma",
    };

    public static readonly ActivationDefinition SwiGlu = Of("swiglu", "silu(a) b", Silu.Plain) with
    {
        Use = "feed-forward blocks of transformers: Llama, Mistral, Qwen",
    };

    public static readonly ActivationDefinition Bilinear = Of("bilinear", "a b", Powers.Identity);

    private static ActivationDefinition Of(string name, string formula, ActivationDefinition gate) =>
        new(name, formula, gate.Function)
        {
            Source = Shazeer,
            Use = "feed-forward blocks of transformers",
            IsGated = true,
        };
}
