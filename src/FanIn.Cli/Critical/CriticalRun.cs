namespace FanIn.Cli.Critical;

/// <summary>Solves for the critical point, writes, prints.</summary>
internal sealed class CriticalRun(CriticalRequest request, Terminal terminal)
{
    private readonly Terminal _person = request.Json == "-" ? terminal.WithOutputOnError() : terminal;

    /// <exception cref="UsageException">The file can't be written, or an activation's parameter is too big for its moments.</exception>
    public int Execute()
    {
        using ResultFile? json = request.Json is null or "-"
            ? null
            : ResultFile.At("--json", request.Json, "critical.json");
        (CriticalPoint? point, CriticalPoint? doublePoint) = Solve();
        json?.Write(stream => CriticalJson.Write(stream, request, point, doublePoint));
        new CriticalText(_person).Show(request, point, doublePoint);
        if (request.Json == "-")
        {
            using Stream output = terminal.OpenOutput();
            CriticalJson.Write(output, request, point, doublePoint);
        }
        return ExitCode.Done;
    }

    private (CriticalPoint? Point, CriticalPoint? Double) Solve()
    {
        try
        {
            return (
                CriticalPoint.Of(request.Activation, request.BiasVariance),
                CriticalPoint.DoubleOf(request.Activation)
            );
        }
        catch (ExpectationException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
