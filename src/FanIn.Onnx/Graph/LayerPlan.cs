namespace FanIn.Onnx;

/// <summary>What is to be measured of one weighted node.</summary>
/// <param name="Layer">The node.</param>
/// <param name="Output">Its output with the bias, before the activation.</param>
/// <param name="Bias">The name by which the graph reads the bias; empty where there is none.</param>
/// <param name="Axes">Where its units are.</param>
internal sealed record LayerPlan(WeightedNode Layer, string Output, string Bias, ValueAxes Axes)
{
    /// <summary>The activation that the output goes to; null where it goes to none.</summary>
    public Activation? Activation { get; init; }

    /// <summary>What that activation takes: the output, or what normalization makes of it.</summary>
    public string ActivationInput { get; init; } = "";

    public bool IsNormalized { get; init; }

    public static LayerPlan Of(WeightedNode layer, OnnxModel model, ActivationFinder finder)
    {
        NodeData node = layer.Node;
        string output = node.Outputs.Find(name => name.Length > 0) ?? "";
        string bias = node.Operator is "Gemm" or "FusedGemm" or "Conv" or "FusedConv" or "ConvTranspose"
            ? node.Input(2)
            : "";
        if (
            bias.Length == 0
            && finder.ReadersOf(output).ToList() is [{ Operator: "Add", IsStandard: true, Inputs.Count: 2 } add]
            && add.Inputs.Find(input => input != output) is { } added
            && model.Parameters.Main.ConstantOf(added) is { } constant
            && model.Parameters.Of(constant.Tensor)?.Description.Role == ParameterRole.Bias
        )
        {
            (output, bias) = (add.Outputs[0], added);
        }
        (Activation? activation, string input, bool isNormalized) = finder.Behind(output);
        bool isConvolution =
            node.Operator is "Conv" or "FusedConv" or "ConvTranspose" or "QLinearConv" or "ConvInteger";
        return new(layer, output, bias, isConvolution ? ValueAxes.Second : ValueAxes.Last)
        {
            Activation = activation,
            ActivationInput = input,
            IsNormalized = isNormalized,
        };
    }
}
