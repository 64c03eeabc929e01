using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>
/// Layer-sequential unit variance (Mishkin and Matas 2015, algorithm 1) on any module: layers in the order in which they
/// are executed, not registered; a layer that runs several times is scaled once, by its first output.
/// </summary>
internal static class Lsuv
{
    public static ImmutableArray<LsuvLayer> Scale(
        nn.Module model,
        Plan plan,
        IReadOnlyList<TorchParameter> parameters,
        Action forward
    )
    {
        var candidates = new List<Candidate>();
        foreach ((PlanRow row, TorchParameter parameter) in plan.Rows.Zip(parameters))
        {
            if (
                row is { Initializer: LsuvInitializer rule, Parameter.Blocks.IsEmpty: true }
                && LayerKinds.OneWeight(parameter.Layer) is { } layer
            )
            {
                candidates.Add(new(parameter, rule, layer));
            }
        }
        using var evaluation = new EvaluationMode(model);
        using var noGrad = no_grad();
        return ScaleInOrder(plan, candidates, forward);
    }

    private sealed record Candidate(TorchParameter Parameter, LsuvInitializer Rule, nn.Module<Tensor, Tensor> Layer);

    private static ImmutableArray<LsuvLayer> ScaleInOrder(Plan plan, List<Candidate> candidates, Action forward)
    {
        var results = new Dictionary<string, LsuvLayer>(StringComparer.Ordinal);
        foreach (Candidate candidate in InOrderOfExecution(candidates, forward))
        {
            results.Add(candidate.Parameter.Description.Name, ScaleOne(candidate, forward));
        }
        // What no hook saw keeps its start and is reported as such: layers with several weights inside (recurrent ones,
        // attention), layers that never ran or that a custom forward calls by .forward(), which passes the hooks by.
        foreach (PlanRow row in plan.Rows.Where(row => row.Initializer is LsuvInitializer))
        {
            results.TryAdd(row.Parameter.Name, new(row.Parameter.Name, double.NaN, double.NaN, 0, false));
        }
        return [.. results.Values];
    }

    private static List<Candidate> InOrderOfExecution(List<Candidate> candidates, Action forward)
    {
        var order = new List<Candidate>();
        using var hooks = new OutputHooks();
        foreach (Candidate candidate in candidates)
        {
            hooks.Watch(
                candidate.Layer,
                _ =>
                {
                    if (!order.Contains(candidate))
                    {
                        order.Add(candidate);
                    }
                }
            );
        }
        Run(forward);
        return order;
    }

    private static LsuvLayer ScaleOne(Candidate candidate, Action forward)
    {
        double before = Variance(candidate, forward);
        double variance = before;
        int tries = 0;
        while (tries < candidate.Rule.MaxTries && !Near(variance) && double.IsFinite(variance) && variance > 0)
        {
            using Tensor weight = candidate.Parameter.Value.clone();
            using Scalar deviation = Math.Sqrt(variance);
            candidate.Parameter.Value.div_(deviation);
            double scaled = Variance(candidate, forward);
            if (!double.IsFinite(scaled))
            {
                // The signal is too faint for a weight of this element type to make up for.
                candidate.Parameter.Value.copy_(weight);
                break;
            }
            variance = scaled;
            tries++;
        }
        return new(candidate.Parameter.Description.Name, before, variance, tries, Near(variance));

        bool Near(double v) => Math.Abs(v - 1) <= candidate.Rule.Tolerance;
    }

    private static double Variance(Candidate candidate, Action forward)
    {
        double? variance = null;
        using var hooks = new OutputHooks();
        hooks.Watch(candidate.Layer, output => variance ??= Variance(output));
        Run(forward);
        return variance ?? double.NaN;
    }

    /// <summary>Over all elements, divided by their number (TorchSharp's own divides by one less, whatever it is asked for).</summary>
    private static double Variance(Tensor output)
    {
        using var scope = NewDisposeScope();
        Tensor values = output.detach().to(ScalarType.Float64);
        Tensor deviations = values.sub(values.mean());
        return CpuTensor.Value(deviations.mul(deviations).mean());
    }

    private static void Run(Action forward)
    {
        using var scope = NewDisposeScope();
        forward();
    }
}
