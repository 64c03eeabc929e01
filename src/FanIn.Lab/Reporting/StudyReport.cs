using System.Collections.Immutable;
using FanIn.Report;

namespace FanIn.Lab;

/// <summary>A study's result as a report page and as pictures.</summary>
public sealed record StudyReport
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>What is to be seen, in a sentence or two.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The command that repeats the study.</summary>
    public required string Command { get; init; }

    /// <summary>A line at the foot of the page.</summary>
    public string? Footer { get; init; }

    /// <summary>The studies, one after the other.</summary>
    public required ImmutableArray<StudyResult> Results { get; init; }

    /// <summary>
    /// Writes <c>report.html</c> and each chart as an SVG picture into a folder.
    /// </summary>
    /// <returns>The paths written, the page first.</returns>
    /// <exception cref="IOException">A file can't be written; none is left half done.</exception>
    public IReadOnlyList<string> Write(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var written = new List<string> { Path.Combine(folder, "report.html") };
        Page().Write(written[0]);
        ImmutableArray<string> names = Names;
        var prefixes = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < Results.Length; i++)
        {
            string prefix = Results.Length == 1 ? "" : $"{FileName(Results[i].Study.Network)}-";
            if (!prefixes.Add(prefix))
            {
                prefix += $"{i + 1}-";
            }
            foreach ((string name, Figure figure) in StudyFigures.All(Results[i]))
            {
                written.Add(Path.Combine(folder, $"{prefix}{name}.svg"));
                Picture.WriteSvg(figure, written[^1], names);
            }
        }
        return written;
    }

    /// <summary>A network's name is the user's: what a file name can't hold becomes a dash.</summary>
    private static string FileName(string network) =>
        string.Concat(network.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || "_.()".Contains(c) ? c : '-'));

    private ImmutableArray<string> Names =>
        [.. Results.SelectMany(r => r.Study.Initializers).Distinct(StringComparer.Ordinal)];

    private ReportPage Page() =>
        new()
        {
            Title = Title,
            Subtitle = Subtitle,
            Series = Names,
            Footer = Footer,
            Sections =
            [
                .. Results.SelectMany(Sections),
                new() { Heading = "Run it again", Blocks = [new CodeBlock(Command)] },
            ],
        };

    private IEnumerable<ReportSection> Sections(StudyResult result)
    {
        string of = Results.Length == 1 ? "" : $" of {result.Study.Network}";
        yield return new() { Heading = $"Verdict{of}", Blocks = [VerdictOf(result), StudyTable.Summary(result)] };
        yield return new()
        {
            Heading = $"Training{of}",
            Text =
                $"Every initialization of {result.Study.Network} sees the same examples of {result.Study.Data} in the same order; "
                + "only the first weights differ. A network that ignores its input can do no better than the entropy of the "
                + "class frequencies.",
            Blocks = [StudyFigures.Loss(result), StudyFigures.FinalLoss(result), .. Sensitivity(result)],
        };
        yield return new()
        {
            Heading = $"The signal before training{of}",
            Text =
                "Root mean square of each layer's output before its activation, and of the loss's gradient there. On the "
                + "logarithmic axis a straight line that falls or climbs is a signal that vanishes or explodes exponentially "
                + "with depth; a level one is what a good initialization is for.",
            Blocks =
            [
                StudyFigures.Forward(result),
                StudyFigures.Backward(result),
                StudyTable.Signal(result),
                StudyFigures.Activations(result),
                StudyFigures.Gradients(result),
            ],
        };
        if (StudyFigures.Weights(result) is { } weights)
        {
            yield return new() { Heading = $"The first layer{of}", Blocks = [weights] };
        }
        if (!result.Comparisons.IsEmpty)
        {
            yield return new()
            {
                Heading = $"Differences{of}",
                Text =
                    "Final training losses compared trial by trial, by paired differences over seeds. The intervals hold at 95% "
                    + "for all pairs together; where one includes 0, the pair is not resolved.",
                Blocks = [StudyTable.Comparisons(result)],
            };
        }
        yield return new() { Heading = $"Settings{of}", Blocks = [StudyTable.Settings(result.Study)] };
    }

    private static IEnumerable<Figure> Sensitivity(StudyResult result) =>
        result.Study.Settings.LearningRates.Count > 1 ? [StudyFigures.Sensitivity(result)] : [];

    private static VerdictBlock VerdictOf(StudyResult result) =>
        new([
            .. Verdict
                .Of(result)
                .Select(line => new VerdictSentence(
                    line.Init is null ? line.Text : Capitalized(line.Text[(line.Init.Length + 2)..]),
                    line.Outcome switch
                    {
                        Outcome.Learned => Severity.Good,
                        null => Severity.Neutral,
                        _ => Severity.Bad,
                    }
                )
                {
                    Series = line.Init,
                }),
        ]);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
