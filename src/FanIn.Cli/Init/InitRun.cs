using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Init;

/// <summary>Writes a checkpoint, or this process's part of one.</summary>
internal sealed class InitRun(InitRequest request, Terminal terminal)
{
    public const long MuchMemory = 100_000_000;

    private readonly Terminal _person = request.Plan.Json == "-" ? terminal.WithOutputOnError() : terminal;

    /// <exception cref="UsageException">A file can't be read or written, or a rule gives no values.</exception>
    /// <exception cref="CheckpointConflictException">The folder holds another checkpoint.</exception>
    /// <exception cref="IOException">There is no room, or the disk failed.</exception>
    public int Execute(CancellationToken cancellation)
    {
        using ResultFile? json = request.Plan.Json is null or "-"
            ? null
            : ResultFile.At("--json", request.Plan.Json, "init.json");
        using InitSource work = Prepare();
        if (request.Rank.World > 1)
        {
            _person.Error.WriteLine($"fanin: {request.Rank}");
        }
        if (request.Rank.Warning is { } warning)
        {
            _person.Error.WriteLine($"fanin: {warning}");
        }
        if (work.Values.WorkingMemory > MuchMemory)
        {
            _person.Error.WriteLine(MemoryNeeded(work.Values.WorkingMemory));
        }
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
        json?.Write(stream => Write(stream, work, result, seconds));
        if (request.Plan.Json == "-")
        {
            using Stream output = terminal.OpenOutput();
            Write(output, work, result, seconds);
        }
        return ExitCode.Done;
    }

    public static string MemoryNeeded(long bytes) =>
        $"fanin: about {ByteText.Of(bytes)} of memory are needed for tensors whose values depend on one another";

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
        string written =
            result.Written == 0
                ? "nothing left to write"
                : $"{ByteText.Of(result.Written)} written in {ByteText.Seconds(seconds)} ({ByteText.Rate(result.Written, seconds)})";
        string kept = result.Kept == 0 ? "" : $", {ByteText.Of(result.Kept)} kept from before";
        _person.Output.WriteLine($"{request.Output}: {all}; {written}{kept}");
        if (!result.IsComplete)
        {
            _person.Output.WriteLine(
                "Other ranks' parts are missing; the last rank to finish completes the checkpoint."
            );
        }
    }

    private void Write(Stream destination, InitSource work, WriteResult result, double seconds)
    {
        using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true, NewLine = "\n" });
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
        json.WriteNumber("written", result.Written);
        json.WriteNumber("kept", result.Kept);
        json.WriteBoolean("complete", result.IsComplete);
        json.WriteNumber("seconds", Math.Round(seconds, 3));
        json.WriteEndObject();
        json.Flush();
        destination.Write(Encoding.UTF8.GetBytes("\n"));
    }
}
