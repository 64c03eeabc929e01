namespace FanIn;

/// <summary>Every initializer that has a text form, a line each, in the order in which people read them.</summary>
internal static class InitializerCatalogue
{
    private static readonly Form<Initializer>[] s_forms =
    [
        Constant.ZerosForm,
        Constant.OnesForm,
        Constant.ValueForm,
        Uniform.Form,
        Normal.Form,
        CutNormal.Form,
        VarianceScaling.Form,
        Xavier.Uniform,
        Xavier.Normal,
        He.Uniform,
        He.Normal,
        LeCun.Uniform,
        LeCun.Normal,
        StandardUniform.Form,
        Orthogonal.Form,
        LsuvInitializer.Form,
        KrahenbuhlInitializer.Form,
        WeightNormInitializer.Form,
        MetaInitInitializer.Form,
        GradInitInitializer.Form,
    ];

    public static OrderedDictionary<string, Form<Initializer>> ByName { get; } =
        new(s_forms.Select(form => KeyValuePair.Create(form.Name, form)));

    /// <summary>What others call an initializer of ours: an error that says so helps more than a list of all names.</summary>
    public static string OtherNames(string name) =>
        name.Replace("kaiming", "he", StringComparison.OrdinalIgnoreCase)
            .Replace("glorot", "xavier", StringComparison.OrdinalIgnoreCase)
            .Replace("kraehenbuehl", "krahenbuhl", StringComparison.OrdinalIgnoreCase)
            .Replace("krähenbühl", "krahenbuhl", StringComparison.OrdinalIgnoreCase)
            .Replace("trunc_normal", "truncated_normal", StringComparison.OrdinalIgnoreCase)
            .TrimEnd('_');
}
