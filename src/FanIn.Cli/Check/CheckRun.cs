using System.Text;

namespace FanIn.Cli.Check;

/// <summary>Makes a check: sees where results go, measures, prints, writes.</summary>
internal sealed class CheckRun(CheckRequest request, Terminal terminal, string command, CancellationToken cancellation)
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>For people: standard error where standard output holds the document.</summary>
    private readonly Terminal _person = JsonResult.ForPeople(request.Json, terminal);

    public int Execute()
    {
        CheckEngine.Require(request);
        using var json = new JsonResult(request.Json, "check.json", terminal);
        using ResultFile? report = FileAt("--report", request.Report, "check.html");
        using ResultFile? sarif = FileAt("--sarif", request.Sarif, "check.sarif");
        using ResultFile? junit = FileAt("--junit", request.Junit, "check.xml");
        using ResultFile? fix = FileAt("--fix", request.Fix, "recipe.json");
        CheckOutcome outcome = Measure();
        cancellation.ThrowIfCancellationRequested();

        report?.Write(stream => CheckEngine.WritePage(stream, outcome, command));
        sarif?.Write(stream => JsonText.Write(stream, writer => CheckSarif.Write(writer, outcome)));
        junit?.Write(stream => CheckJUnit.Write(stream, outcome, request.FailOn));
        new CheckText(_person, request.AllLayers).Show(outcome);
        Mend(fix, outcome);
        if (report is not null)
        {
            _person.Output.WriteLine();
            _person.Output.WriteLine($"Report: {request.Report}");
        }
        json.Write(writer => CheckJson.Write(writer, outcome));
        return outcome.Report.Findings.Any(f => CheckOutcome.IsFailure(f, request.FailOn))
            ? ExitCode.Fault
            : ExitCode.Done;
    }

    private static ResultFile? FileAt(string option, string? path, string example) =>
        path switch
        {
            null => null,
            "-" => throw new UsageException(
                $"{option} - : of the results only --json goes to standard output; give a file, such as {example}"
            ),
            _ => ResultFile.At(option, path, example),
        };

    private CheckOutcome Measure() =>
        request.Kind == CheckSource.Checkpoint
            ? CheckpointSource.Check(request, _person, cancellation)
            : CheckEngine.Run(request);

    private void Mend(ResultFile? file, CheckOutcome outcome)
    {
        if (file is null)
        {
            return;
        }
        _person.Output.WriteLine();
        if (outcome.Mended is { } recipe)
        {
            string text = recipe.ToJson();
            file.Write(stream => stream.Write(s_utf8.GetBytes(text)));
            _person.Output.WriteLine($"Mended recipe: {request.Fix}");
        }
        else
        {
            _person.Output.WriteLine(
                outcome.Report.IsHealthy
                    ? $"There is nothing to mend: {request.Fix} isn't written."
                    : $"No initializer mends what was found: {request.Fix} isn't written."
            );
        }
    }
}
