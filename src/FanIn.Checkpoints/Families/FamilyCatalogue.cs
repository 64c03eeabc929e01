namespace FanIn.Checkpoints;

/// <summary>Every family, a line each: a new one is a file with its table, and a line here.</summary>
internal static class FamilyCatalogue
{
    private static readonly Family[] s_families =
    [
        Llama.Family,
        Mistral.Family,
        Mixtral.Family,
        Qwen2.Family,
        Qwen3.Family,
        Gemma.Family,
        Gemma2.Family,
        Gemma3Text.Family,
        Gemma3.Family,
        Gpt2.Family,
        Bert.Family,
        T5.Family,
        Vit.Family,
        Clip.Family,
        Whisper.Family,
        ResNet.Family,
        ConvNext.Family,
    ];

    public static OrderedDictionary<string, Family> ByModelType { get; } =
        new(s_families.Select(family => KeyValuePair.Create(family.ModelType, family)));
}
