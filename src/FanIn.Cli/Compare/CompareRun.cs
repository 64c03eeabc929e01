using System.Collections.Immutable;
using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary>Runs a comparison: checks where results go, loads the data, trains, prints, writes.</summary>
internal sealed class CompareRun(
    CompareRequest request,
    Terminal terminal,
    string command,
    CancellationToken cancellation
)
{
    /// <summary>
    /// How long an interrupted run may take to stop by itself, at its next step. Whoever waits at a terminal is
    /// answered after this also where one step, or the reading of a big file, takes longer.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1.2);

    /// <summary>For people: standard error where standard output holds the document.</summary>
    private readonly Terminal _person = JsonResult.ForPeople(request.Json, terminal);

    private volatile CompareProgress? _progress;

    public async Task<int> RunAsync()
    {
        using var patience = new CancellationTokenSource();
        await using CancellationTokenRegistration started = cancellation.Register(() =>
            patience.CancelAfter(s_patience)
        );
        // On another thread, since a training's step can't be interrupted from within.
        Task<int> work = Task.Run(Execute, CancellationToken.None);
        try
        {
            return await work.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Interrupted(isOver: work.IsCompleted);
        }
    }

    private int Execute()
    {
        using var json = new JsonResult(request.Json, "results.json", terminal, request.Out);
        UserModule? own = request.Own is { } named ? UserModule.Load(named.Assembly, named.Module) : null;
        DataSet data = DataSets.Load(
            request.Data,
            own is null ? request.DataOptions : request.DataOptions with { PrefersTokens = own.ReadsTokens() }
        );
        cancellation.ThrowIfCancellationRequested();
        ImmutableArray<Study> studies = own is null
            ? [.. request.Networks.Select(network => StudyOf(network, data))]
            : [StudyOf(own, data)];
        using TrialStore store = OpenStore();
        json.Try();
        if (request.Fresh)
        {
            store.Clear();
        }
        CompareProgress progress = CompareProgress.For(_person, studies.Sum(s => s.TrialCount), request.Settings.Steps);
        _progress = progress;
        var results = new List<StudyResult>();
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
        var tables = new CompareTables(_person);
        foreach (StudyResult result in results)
        {
            tables.Show(result);
        }
        IReadOnlyList<string> files = new StudyReport
        {
            Title = request.Title,
            Subtitle = request.Subtitle,
            Command = command,
            Footer = $"Written by FanIn {Tool.Version}.",
            Results = [.. results],
        }.Write(request.Out);
        json.WriteBytes(stream => StudyJson.Write(stream, results));
        _person.Output.WriteLine();
        if (progress.Kept > 0)
        {
            _person.Output.WriteLine(
                $"{progress.Kept} of {progress.Trials} trainings were kept from before; --fresh trains them anew."
            );
        }
        _person.Output.WriteLine($"Report: {files[0]} ({files.Count - 1} pictures beside it)");
        return ExitCode.Done;
    }

    private Study StudyOf(Network network, DataSet data)
    {
        network.CheckFits(data);
        MemoryNeed.Check(network, data, request.Settings);
        return new Study(
            () => network.Build(data),
            StudyData.Of(data),
            request.Initializers,
            request.Seeds,
            request.Settings,
            network.ToString()
        );
    }

    private Study StudyOf(UserModule module, DataSet data)
    {
        module.CheckFits(data);
        return new Study(
            module.Create,
            StudyData.Of(data),
            request.Initializers,
            request.Seeds,
            request.Settings,
            // A changed assembly is another network: what is stored for the old one isn't its result.
            $"{module} ({module.Fingerprint})"
        );
    }

    private TrialStore OpenStore()
    {
        try
        {
            return TrialStore.Open(request.Out);
        }
        catch (StoreException e)
        {
            throw new UsageException($"{e.Message} Choose another with --out.");
        }
    }

    private int Interrupted(bool isOver)
    {
        if (!isOver && terminal.ErrorIsWatched)
        {
            // The bar is still there and the cursor hidden.
            terminal.Error.Write("\r\e[K\e[?25h");
        }
        string again = request.Fresh ? "the same command without --fresh" : "the same command";
        terminal.Error.WriteLine(
            _progress is { } progress
                ? $"fanin: interrupted; {progress.Done} of {progress.Trials} trainings are done and kept in {request.Out}: {again} goes on from there"
                : "fanin: interrupted before the first training; nothing was written"
        );
        return ExitCode.Retry;
    }
}
