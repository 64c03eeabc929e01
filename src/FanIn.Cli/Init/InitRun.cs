using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Init;

/// <summary>Writes a checkpoint, or this process's part of one.</summary>
internal sealed class InitRun(InitRequest request, Terminal terminal)
{
    private readonly Terminal _person = JsonResult.ForPeople(request.Plan.Json, terminal);

    /// <exception cref="UsageException">A file can't be read or written, or a rule gives no values.</exception>
    /// <exception cref="CheckpointConflictException">The folder holds another checkpoint.</exception>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public int Execute(CancellationToken cancellation)
    {
        using var json = new JsonResult(request.Plan.Json, "init.json", terminal);
        using InitSource work = Prepare();
        if (request.Rank.World > 1)
        {
            _person.Error.WriteLine($"fanin: {request.Rank}");
        }
        if (request.Rank.Warning is { } warning)
        {
            _person.Error.WriteLine($"fanin: {warning}");
        }
        InitWords.WarnOfMemory(_person, work.Values.WorkingMemory);
        long start = Stopwatch.GetTimestamp();
        using var progress = ByteProgress.For(_person, "written");
        WriteResult result = new CheckpointWriter(work.Values, work.Before, work.After)
        {
            Companions = work.Companions,
        }.Write(
            request.Output,
            new()
            {
                Rank = request.Rank,
                Threads = request.Threads,
                Direct = request.Direct,
                Progress = step => progress.Report(step.Bytes, step.Total),
                Notice = sentence => progress.Say($"fanin: {sentence}"),
            },
            cancellation
        );
        progress.Dispose();
        // Not before: of a run that is refused there is one sentence.
        if (request.Rank.Index == 0)
        {
            foreach (string notice in work.Notices)
            {
                _person.Error.WriteLine($"fanin: {notice}");
            }
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Show(work, result, seconds);
        json.Write(writer => Write(writer, work, result, seconds));
        return ExitCode.Done;
    }

    private InitSource Prepare()
    {
        try
        {
            return request.Match is null ? InitSource.New(request) : InitSource.Copy(request);
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            throw new UsageException(e.Message.Split(" (Parameter")[0]);
        }
    }

    private void Show(InitSource work, WriteResult result, double seconds)
    {
        ImmutableArray<Shard> shards = work.Values.Shards;
        string files = shards.Length == 1 ? shards[0].FileName : $"{shards.Length} files";
        string all = $"{files}, {ByteText.Of(shards.Sum(shard => shard.FileLength))}, seed {request.Seed}";
        _person.Output.WriteLine($"{request.Output}: {all}; {InitWords.Written(result, seconds)}");
        if (!result.IsComplete)
        {
            _person.Output.WriteLine(
                "Other ranks' parts are missing; the last rank to finish completes the checkpoint."
            );
        }
    }

    private void Write(Utf8JsonWriter json, InitSource work, WriteResult result, double seconds)
    {
        json.WriteStartObject();
        json.WriteString("folder", request.Output);
        json.WriteString("seed", request.Seed.ToString());
        json.WriteNumber("rank", request.Rank.Index);
        json.WriteNumber("world", request.Rank.World);
        json.WriteStartArray("files");
        foreach (Shard shard in work.Values.Shards)
        {
            json.WriteStartObject();
            json.WriteString("name", shard.FileName);
            json.WriteNumber("bytes", shard.FileLength);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("totalSize", work.Values.Shards.Sum(shard => shard.Header.DataLength));
        InitWords.Write(json, result);
        json.WriteBoolean("complete", result.IsComplete);
        json.WriteNumber("seconds", Math.Round(seconds, 3));
        json.WriteEndObject();
    }
}
