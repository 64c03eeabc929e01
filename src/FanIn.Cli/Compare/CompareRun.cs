using System.Collections.Immutable;
using System.Reflection;
using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary>Runs a comparison: checks where results go, loads the data, trains, prints, writes.</summary>
internal static class CompareRun
{
    public static int Execute(CompareRequest request, Terminal terminal, string command, CancellationToken cancellation)
    {
        if (request.Json == "-")
        {
            Terminal document = terminal;
            terminal = terminal.WithOutputOnError();
            return Execute(
                request,
                terminal,
                command,
                results =>
                {
                    using Stream output = document.OpenOutput();
                    StudyJson.Write(output, results);
                },
                cancellation
            );
        }
        using JsonFile? json = request.Json is null ? null : JsonFile.Create(request.Json);
        return Execute(request, terminal, command, results => json?.Write(results), cancellation);
    }

    private static int Execute(
        CompareRequest request,
        Terminal terminal,
        string command,
        Action<IReadOnlyList<StudyResult>> writeJson,
        CancellationToken cancellation
    )
    {
        DataSet data = DataSets.Load(request.Data, request.DataOptions);
        ImmutableArray<Study> studies =
        [
            .. request.Networks.Select(network =>
            {
                network.CheckFits(data);
                return new Study(
                    () => network.Build(data),
                    StudyData.Of(data),
                    request.Initializers,
                    request.Seeds,
                    request.Settings,
                    network.ToString()
                );
            }),
        ];
        using TrialStore store = OpenStore(request.Out);
        if (request.Fresh)
        {
            store.Clear();
        }
        var results = new List<StudyResult>();
        CompareProgress progress = CompareProgress.For(
            terminal,
            studies.Sum(s => s.TrialCount),
            request.Settings.Steps
        );
        try
        {
            progress.Show(report =>
            {
                foreach (Study study in studies)
                {
                    results.Add(
                        study.Run(
                            new()
                            {
                                Store = store,
                                Progress = report,
                                Cancellation = cancellation,
                            }
                        )
                    );
                }
            });
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine(
                $"fanin: interrupted; {progress.Done} of {progress.Trials} trainings are done and kept in {request.Out}: the same command goes on from there"
            );
            return ExitCode.Retry;
        }
        var tables = new CompareTables(terminal);
        foreach (StudyResult result in results)
        {
            tables.Show(result);
        }
        writeJson(results);
        IReadOnlyList<string> files = new StudyReport
        {
            Title = request.Title,
            Subtitle = request.Subtitle,
            Command = command,
            Footer = $"Written by FanIn {Version}.",
            Results = [.. results],
        }.Write(request.Out);
        terminal.Output.WriteLine();
        terminal.Output.WriteLine($"Report: {files[0]} ({files.Count - 1} pictures beside it)");
        return ExitCode.Done;
    }

    private static string Version =>
        typeof(CompareRun)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "";

    private static TrialStore OpenStore(string folder)
    {
        try
        {
            return TrialStore.Open(folder);
        }
        catch (StoreException e)
        {
            throw new UsageException($"{e.Message} Choose another with --out.");
        }
    }
}
