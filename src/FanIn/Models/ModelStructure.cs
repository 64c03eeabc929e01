namespace FanIn;

/// <summary>What a rule's expressions may ask of a model: blocks, width, and the fan of the weight that a bias belongs to.</summary>
internal sealed class ModelStructure
{
    private static readonly string[] s_shortcuts = ["downsample", "shortcut", "skip", "identity"];

    private readonly ModelDescription _model;
    private readonly long? _width;
    private readonly ILookup<string, ParameterDescription> _weightsByLayer;
    private readonly ILookup<string?, ParameterDescription> _weightsByBlock;

    public ModelStructure(ModelDescription model)
    {
        (_model, _width) = (model, model.Width);
        ParameterDescription[] weights = [.. model.Parameters.Where(p => p.Role == ParameterRole.Weight)];
        _weightsByLayer = weights.ToLookup(p => ParameterNames.LayerOf(p.Name));
        _weightsByBlock = weights.ToLookup(p => model.Blocks.BlockOf(p.Name));
    }

    /// <summary>The variables for one logical tensor.</summary>
    /// <param name="parameter">The parameter that it belongs to.</param>
    /// <param name="tensor">It itself, or one of its blocks.</param>
    /// <param name="block">The block's name, where it is one.</param>
    public RuleVariables VariablesFor(ParameterDescription parameter, TensorDescription tensor, string? block)
    {
        return new(Value);

        (double?, string) Value(string name) =>
            name switch
            {
                "depth" => (_model.DepthOf(parameter), NoBlocks),
                "layer" => (
                    _model.LayerOf(parameter),
                    $"'{parameter.Name}' belongs to none of the model's numbered blocks"
                ),
                "width" => (_width, "the model has neither blocks with weights nor an embedding"),
                "branch" => (
                    BranchWeights(parameter),
                    $"'{parameter.Name}' belongs to none of the model's numbered blocks"
                ),
                "encoder_depth" => (NamedDepth("encoder"), "the model has no blocks whose names contain 'encoder'"),
                "decoder_depth" => (NamedDepth("decoder"), "the model has no blocks whose names contain 'decoder'"),
                "only_depth" => (
                    _model.Blocks.Chains.Count > 1 ? null : _model.DepthOf(parameter),
                    _model.Blocks.Chains.Count > 1
                        ? $"the model has several chains of blocks: {string.Join(", ", _model.Blocks.Chains.Select(c => $"'{c.Path}'"))}"
                        : NoBlocks
                ),
                "fan_in" => (WeightOf(parameter, tensor, block)?.Fan?.In, NoFan(parameter)),
                "fan_out" => (WeightOf(parameter, tensor, block)?.Fan?.Out, NoFan(parameter)),
                "inputs" => (WeightOf(parameter, tensor, block)?.Inputs, NoFan(parameter)),
                "outputs" => (WeightOf(parameter, tensor, block)?.Outputs, NoFan(parameter)),
                _ => (null, "there is no such variable"),
            };
    }

    private const string NoBlocks =
        "the model has no numbered blocks, such as 'h.0' or 'layers.0'; say what its depth is";

    private static string NoFan(ParameterDescription parameter) =>
        $"the layout of '{parameter.Name}' has none, and no weight of its layer lends it one";

    /// <summary>A tensor with a fan; for one without, the weight beside it: a bias is added to what that puts out.</summary>
    private TensorDescription? WeightOf(ParameterDescription parameter, TensorDescription tensor, string? block)
    {
        if (tensor.Fan is not null)
        {
            return tensor;
        }
        string layer = ParameterNames.LayerOf(parameter.Name);
        string last = parameter.Name[(layer.Length == 0 ? 0 : layer.Length + 1)..];
        ParameterDescription[] weights = [.. _weightsByLayer[layer]];
        ParameterDescription? owner =
            Named(last.Replace("bias", "weight", StringComparison.Ordinal))
            ?? Named(last.Replace("bias", "kernel", StringComparison.Ordinal))
            ?? (weights.Length == 1 ? weights[0] : null);
        if (owner is null)
        {
            return null;
        }
        return owner.Blocks.IsEmpty ? owner.Tensor : owner.Blocks.OrderBy(b => b.Name == block ? 0 : 1).First().Tensor;

        ParameterDescription? Named(string name) =>
            weights.FirstOrDefault(w => w.Name == (layer.Length == 0 ? name : $"{layer}.{name}"));
    }

    private double? BranchWeights(ParameterDescription parameter) =>
        _model.Blocks.BlockOf(parameter.Name) is { } block
            ? _weightsByBlock[block]
                .Count(w =>
                    !w.Name.Split('.').Any(part => s_shortcuts.Contains(part, StringComparer.OrdinalIgnoreCase))
                )
            : null;

    private double? NamedDepth(string word) =>
        _model
            .Blocks.Chains.FirstOrDefault(chain => chain.Path.Contains(word, StringComparison.OrdinalIgnoreCase))
            ?.Depth;
}
