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
        AbsoluteCutNormal.Form,
        VarianceScaling.Form,
        Xavier.Uniform,
        Xavier.Normal,
        Xavier.TruncatedNormal,
        He.Uniform,
        He.Normal,
        He.TruncatedNormal,
        LeCun.Uniform,
        LeCun.Normal,
        LeCun.TruncatedNormal,
        StandardUniform.Form,
        OtherUniforms.Sigmoid,
        OtherUniforms.Scaling,
        MxNet.XavierUniform,
        MxNet.XavierNormal,
        MxNet.MsraPrelu,
        NguyenWidrow.Form,
        Siren.Form,
        Orthogonal.Form,
        ResidualScale.Gpt2,
        ResidualScale.Megatron,
        ResidualScale.Small,
        ResidualScale.Wang,
        Mitchell.In,
        Mitchell.Residual,
        Fixup.Form,
        TFixup.Encoder,
        TFixup.Decoder,
        TFixup.Embedding,
        DeepNorm.Single,
        DeepNorm.Encoder,
        DeepNorm.Decoder,
        SubLn.Single,
        SubLn.Encoder,
        SubLn.Decoder,
        MupOutput.Form,
        ClassPrior.Softmax,
        ClassPrior.Sigmoid,
        ClassPrior.FocalForm,
        GateBias.ForgetGateForm,
        GateBias.ChronoForm,
        LsuvInitializer.Form,
    ];

    public static OrderedDictionary<string, Form<Initializer>> ByName { get; } =
        new(s_forms.Select(form => KeyValuePair.Create(form.Name, form)));
}
