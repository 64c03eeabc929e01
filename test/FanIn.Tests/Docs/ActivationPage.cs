using System.Globalization;
using System.Text;

namespace FanIn.Tests.Docs;

/// <summary><c>docs/activations.md</c>: the catalogue's formulas, and the numbers that follow from them.</summary>
internal static class ActivationPage
{
    public static string Write()
    {
        (ActivationDefinition Definition, Activation Activation, GaussianExpectation Expectation)[] entries =
        [
            .. ActivationCatalogue.Definitions.Select(definition =>
            {
                Activation activation = Activation.Parse(definition.Name);
                return (definition, activation, GaussianExpectation.Of(activation));
            }),
        ];
        var page = new StringBuilder(
            """
            # Activations

            Every activation by its text form, which is the same in C# (`Activation.Parse`), on the command line and in
            networks. What it does to a normal input z of mean 0 and variance 1, and the gains that make up for it: `fanin gain`
            prints them to more digits, and for any parameter; `GaussianExpectation.Of` computes them for a function of your own.

            | gain | is | with weights of variance |
            |---|---|---|
            | forward | 1 / sqrt(E f²) | gain² / fan-in the signal's second moment keeps its size |
            | backward | 1 / sqrt(E f'²) | gain² / fan-out the gradient's second moment keeps its size |
            | variance | 1 / sqrt(Var f) | gain² / fan-in the signal's variance keeps its size, where something takes its mean away |
            | torch | `torch.nn.init.calculate_gain` | a convention, not always what keeps anything; - where it has none |

            Gated activations f(a) b have two independent inputs; their E f'² is the sum over both. A gain is - where nothing
            passes. The numbers are those of the default parameter.

            This page is made from the catalogue by `eng/update-docs.sh`.

            | activation | formula | mean | E f² | Var f | E f'² | forward | backward | variance | torch |
            |---|---|---:|---:|---:|---:|---:|---:|---:|---:|

            """
        );
        foreach ((ActivationDefinition definition, Activation activation, GaussianExpectation e) in entries)
        {
            double?[] numbers =
            [
                e.Mean,
                e.SecondMoment,
                e.Variance,
                e.DerivativeSecondMoment,
                e.ForwardGain,
                e.BackwardGain,
                e.VarianceGain,
                activation.TorchGain,
            ];
            page.Append($"| [`{activation}`](#{definition.Name}) | {Code(definition.Formula, inTable: true)} |")
                .AppendJoin(" |", numbers.Select(number => $" {SixDigits(number)}"))
                .Append(" |\n");
        }
        foreach ((ActivationDefinition definition, Activation activation, _) in entries)
        {
            page.Append($"\n## {definition.Name}\n\n`{activation}`: {Code(definition.Formula, inTable: false)}\n\n")
                .Append($"- Use: {definition.Use}.\n- Source: {definition.Source}.\n");
            if (!activation.IsGated && activation.Kinks.Count > 0)
            {
                page.Append("- Not smooth at ")
                    .AppendJoin(
                        ", ",
                        activation.Kinks.Select(x => x.ToString("0.######", CultureInfo.InvariantCulture))
                    )
                    .Append(".\n");
            }
        }
        return page.ToString();
    }

    /// <summary>Six significant digits, and 0 for what is left of a mean that is 0 by design.</summary>
    private static string SixDigits(double? number) =>
        number is not { } value || !double.IsFinite(value) ? "-"
        : Math.Abs(value) < 1e-12 ? "0"
        : value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A formula as code; in a table a bar would end the cell.</summary>
    private static string Code(string formula, bool inTable) =>
        inTable ? $"`{formula.Replace("|", "\\|", StringComparison.Ordinal)}`" : $"`{formula}`";
}
