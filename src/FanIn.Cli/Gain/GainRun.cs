using System.Collections.Immutable;

namespace FanIn.Cli.Gain;

/// <summary>An activation and what it does to a normal input of variance 1.</summary>
internal sealed record GainRow(Activation Activation, GaussianExpectation Expectation);

/// <summary>Computes the gains, writes, prints.</summary>
internal sealed class GainRun(GainRequest request, Terminal terminal)
{
    private readonly Terminal _person = request.Json == "-" ? terminal.WithOutputOnError() : terminal;

    /// <exception cref="UsageException">The file can't be written, or an activation's parameter is too big for its moments.</exception>
    public int Execute()
    {
        using ResultFile? json = request.Json is null or "-"
            ? null
            : ResultFile.At("--json", request.Json, "gains.json");
        ImmutableArray<GainRow> rows = [.. request.Activations.Select(Row)];
        json?.Write(stream => GainJson.Write(stream, rows));
        new GainText(_person).Show(rows);
        if (request.Json == "-")
        {
            using Stream output = terminal.OpenOutput();
            GainJson.Write(output, rows);
        }
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
