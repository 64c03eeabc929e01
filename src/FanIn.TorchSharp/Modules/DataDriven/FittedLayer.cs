using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>A weight to be fitted and the layers that apply it: several where it is tied.</summary>
internal sealed record FittedLayer(
    TorchParameter Weight,
    DataDrivenInitializer Initializer,
    UnitGoal Goal,
    ImmutableArray<nn.Module<Tensor, Tensor>> Layers
)
{
    public string Name => Weight.Description.Name;

    /// <summary>The plan's weights whose initializers work layer by layer, and whose layers can be watched.</summary>
    public static List<FittedLayer> ListOf(nn.Module model, Plan plan, IReadOnlyList<TorchParameter> parameters)
    {
        ILookup<TensorIdentity, nn.Module<Tensor, Tensor>> layers = TorchParameter
            .ModulesOf(model)
            .Select(m => LayerKinds.OneWeight(m.Module))
            .OfType<nn.Module<Tensor, Tensor>>()
            .ToLookup(layer => ParameterOf(layer, "weight") is { } weight ? TensorIdentity.Of(weight) : default);
        return
        [
            .. from pair in plan.Rows.Zip(parameters)
            let goal = UnitGoal.Of(pair.First.Initializer)
            where
                goal is not null
                && pair.First.Parameter.Role is ParameterRole.Weight or ParameterRole.Embedding
                && layers.Contains(TensorIdentity.Of(pair.Second.Value))
            select new FittedLayer(
                pair.Second,
                (DataDrivenInitializer)pair.First.Initializer!,
                goal,
                [.. layers[TensorIdentity.Of(pair.Second.Value)]]
            ),
        ];
    }

    public static Parameter? ParameterOf(nn.Module layer, string name) =>
        layer.named_parameters(recurse: false).FirstOrDefault(p => p.name == name).parameter;

    public UnitStatistics Measure(Tensor output) => UnitStatistics.Of(output, Goal.PerUnit ? UnitAxis(output) : null);

    /// <summary>y -> factor (y - mean): the weight times the factor, and where there is a bias to move, (bias - mean) times it.</summary>
    /// <param name="factors">One for each unit or one for all; NaN leaves a unit as it is.</param>
    /// <param name="means">As many.</param>
    /// <param name="bias">Null where it isn't moved.</param>
    public void Change(double[] factors, double[] means, Parameter? bias)
    {
        using var scope = NewDisposeScope();
        Parameter weight = Weight.Value;
        // Half precision is rounded once.
        ScalarType type = weight.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor factor = ToTensor([.. factors.Select(f => double.IsNaN(f) ? 1 : f)]);
        if (Goal.Scales)
        {
            weight.copy_(weight.to(type).mul(factors.Length == 1 ? factor : AlongUnits(factor)));
        }
        if (bias is not null)
        {
            Tensor mean = ToTensor([.. means.Select((m, i) => double.IsNaN(factors[i]) ? 0 : m)]);
            bias.copy_(bias.to(type).sub(mean).mul(factor));
        }

        Tensor ToTensor(double[] values) => tensor(values).to(type).to(weight.device);
    }

    private int UnitAxis(Tensor output) =>
        Weight.Layer is Convolution ? (int)(output.dim() - Weight.Value.dim() + 1) : (int)output.dim() - 1;

    /// <summary>A number for each unit, shaped to be multiplied with the weight.</summary>
    private Tensor AlongUnits(Tensor perUnit)
    {
        long[] shape = Weight.Value.shape;
        long[] taps = [.. shape.Skip(2).Select(_ => 1L)];
        return Weight.Layer switch
        {
            Embedding => perUnit.reshape(1, -1),
            // Stored [in, out / groups, taps ...]: the inputs of a group share its units.
            Convolution { transposed: true } c => perUnit
                .reshape(c.groups, 1, shape[1])
                .expand(c.groups, shape[0] / c.groups, shape[1])
                .reshape([shape[0], shape[1], .. taps]),
            _ => perUnit.reshape([-1, 1, .. taps]),
        };
    }
}
