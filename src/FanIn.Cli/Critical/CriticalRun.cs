namespace FanIn.Cli.Critical;

/// <summary>Solves for the critical point, writes, prints.</summary>
internal sealed class CriticalRun(CriticalRequest request, Terminal terminal)
{
    private readonly Terminal _person = JsonResult.ForPeople(request.Json, terminal);

    /// <exception cref="UsageException">The file can't be written, or an activation's parameter is too big for its moments.</exception>
    public int Execute()
    {
        using var json = new JsonResult(request.Json, "critical.json", terminal);
        (CriticalPoint? point, CriticalPoint? doublePoint) = Solve();
        new CriticalText(_person).Show(request, point, doublePoint);
        json.Write(writer => CriticalJson.Write(writer, request, point, doublePoint));
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
