using System.Globalization;
using System.Text.RegularExpressions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Models;

/// <summary>What a parameter, or a block of a packed one, is to get.</summary>
/// <param name="Rule">The initializer.</param>
/// <param name="FanIn">Null for one without a fan.</param>
/// <param name="FanOut">Likewise.</param>
/// <param name="Std">From the published formula, worked out apart from the library.</param>
internal sealed record Expected(string Rule, long? FanIn, long? FanOut, double Std)
{
    /// <summary>What all elements are where the standard deviation is 0.</summary>
    public double Constant { get; init; }

    public static Expected Zeros { get; } = new("zeros", null, null, 0);

    public static Expected Ones { get; } = new("ones", null, null, 0) { Constant = 1 };

    public static Expected Normal(double std, long? fanIn, long? fanOut) =>
        new(string.Create(CultureInfo.InvariantCulture, $"normal(std={std:R})"), fanIn, fanOut, std);

    public static Expected Uniform(double bound, long? fanIn, long? fanOut) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"uniform(a={-bound:R},b={bound:R})"),
            fanIn,
            fanOut,
            bound / Math.Sqrt(3)
        );

    /// <summary>Cut at three standard deviations, which leaves 0.98658 of one.</summary>
    public static Expected CutNormal(double std, long? fanIn, long? fanOut)
    {
        const double Inside = 0.99730020393673981;
        double density = Math.Exp(-4.5) / Math.Sqrt(2 * Math.PI);
        return new(
            string.Create(CultureInfo.InvariantCulture, $"truncated_normal(std={std:R},a=-3,b=3)"),
            fanIn,
            fanOut,
            std * Math.Sqrt(1 - (2 * 3 * density / Inside))
        );
    }
}

/// <summary>
/// Initializes a model by name and compares every parameter, the plan's row and the tensor's values, with a table that knows
/// nothing of the library. Statistics are within 4 standard errors: of 1000 tensors one in ten such tables would fail by
/// chance with another seed.
/// </summary>
internal static partial class ModelTable
{
    private const double Errors = 4;

    /// <param name="model">Any.</param>
    /// <param name="recipe">Its text.</param>
    /// <param name="expected">By the name of a parameter, with <c>#block</c> for a block.</param>
    /// <returns>The plan.</returns>
    public static Plan Check(nn.Module model, string recipe, Func<string, Expected> expected)
    {
        Plan plan = model.Initialize(recipe, seed: 42).Plan;
        Dictionary<string, Parameter> parameters = [];
        foreach ((string name, Parameter parameter) in model.named_parameters())
        {
            parameters.TryAdd(name, parameter);
        }
        Assert.Superset(
            parameters.Keys.ToHashSet(StringComparer.Ordinal),
            plan.Rows.SelectMany(r => r.Parameter.Aliases.Append(r.Parameter.Name)).ToHashSet(StringComparer.Ordinal)
        );
        foreach (PlanRow row in plan.Rows)
        {
            using var scope = NewDisposeScope();
            Tensor whole = parameters[row.Parameter.Name].detach();
            Tensor[] tensors = row.Parameter.Blocks.IsEmpty
                ? [whole]
                : whole.chunk(row.Parameter.Blocks.Length, row.Parameter.BlockAxis);
            Assert.Equal(row.Parts.Length, tensors.Length);
            foreach ((int i, PlanPart part) in row.Parts.Index())
            {
                string name = row.Parameter.Blocks.IsEmpty
                    ? row.Parameter.Name
                    : $"{row.Parameter.Name}#{row.Parameter.Blocks[i].Name}";
                Compare(name, part, tensors[i], expected(name));
            }
        }
        return plan;
    }

    private static void Compare(string name, PlanPart part, Tensor tensor, Expected expected)
    {
        Assert.True(
            IsSame($"{Initializer.Parse(expected.Rule)}", $"{part.Initializer}"),
            $"{name} has {part.Initializer}, not {expected.Rule}"
        );
        Assert.Equal(tensor.shape, part.Tensor.Shape);
        Assert.Equal((name, expected.FanIn), (name, part.Tensor.Fan?.In));
        Assert.Equal((name, expected.FanOut), (name, part.Tensor.Fan?.Out));
        Assert.NotNull(part.StandardDeviation);
        Assert.True(
            Math.Abs(part.StandardDeviation.Value - expected.Std) <= 1e-12 * expected.Std,
            $"{name} is planned with {part.StandardDeviation}, not {expected.Std}"
        );
        float[] values = [.. tensor.contiguous().data<float>()];
        if (expected.Std == 0)
        {
            Assert.All(values, value => Assert.Equal((float)expected.Constant, value));
            return;
        }
        double n = values.Length;
        double sum = 0;
        double squares = 0;
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
        }
        double meanError = expected.Std / Math.Sqrt(n);
        Assert.True(Math.Abs(sum / n) <= Errors * meanError, $"{name} has mean {sum / n}");
        // sqrt((kurtosis - 1) / 4n); all laws here have a kurtosis of at most a normal's 3.
        double stdError = expected.Std / Math.Sqrt(2 * n);
        double std = Math.Sqrt(squares / n);
        Assert.True(Math.Abs(std - expected.Std) <= Errors * stdError, $"{name} has std {std}, not {expected.Std}");
    }

    /// <summary>The same text but for the last digits of its numbers.</summary>
    private static bool IsSame(string expected, string actual)
    {
        double[] numbers = [.. Numbers().Matches(expected).Select(Number)];
        double[] others = [.. Numbers().Matches(actual).Select(Number)];
        return Numbers().Replace(expected, "") == Numbers().Replace(actual, "")
            && numbers.Zip(others).All(n => Math.Abs(n.First - n.Second) <= 1e-12 * Math.Abs(n.First));

        static double Number(Match match) => double.Parse(match.Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?<=[=(,])-?[0-9.]+([eE][-+]?[0-9]+)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbers();
}
