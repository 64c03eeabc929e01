using System.Collections.Immutable;

namespace FanIn.Cli.Gain;

/// <summary>An activation and what it does to a normal input of variance 1.</summary>
internal sealed record GainRow(Activation Activation, GaussianExpectation Expectation);

/// <summary>Computes the gains, writes, prints.</summary>
internal sealed class GainRun(GainRequest request, Terminal terminal)
{
    private readonly Terminal _person = JsonResult.ForPeople(request.Json, terminal);

    /// <exception cref="UsageException">The file can't be written, or an activation's parameter is too big for its moments.</exception>
    public int Execute()
    {
        using var json = new JsonResult(request.Json, "gains.json", terminal);
        ImmutableArray<GainRow> rows = [.. request.Activations.Select(Row)];
        new GainText(_person).Show(rows);
        json.Write(writer => GainJson.Write(writer, rows));
        return ExitCode.Done;
    }

    private static GainRow Row(Activation activation)
    {
        try
        {
            return new(activation, GaussianExpectation.Of(activation));
        }
        catch (ExpectationException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
