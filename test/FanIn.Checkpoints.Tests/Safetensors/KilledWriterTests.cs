using FanIn.Tests.Shared;

namespace FanIn.Checkpoints.Tests;

/// <summary>A process that is killed while it writes a file leaves the one that was there, or the whole new one.</summary>
public sealed class KilledWriterTests
{
    /// <summary>64 MB in pieces of 1 MB: most of the time is in the middle of a file.</summary>
    private const int Count = 1 << 24;

    private const int Piece = 1 << 18;

    [Fact]
    public Task TheOldFileStaysOrTheNewOneIsWhole() =>
        KilledWriter.Check(typeof(KilledWriterTests), nameof(WritesUntilItIsKilled), Write, GenerationOf);

    [Fact(Explicit = true)]
    public void WritesUntilItIsKilled() => KilledWriter.WriteForever(Write);

    private static void Write(string path, int generation)
    {
        var header = SafetensorsHeader.Create(
            [new("values", SafetensorsType.I32, Count)],
            new Dictionary<string, string> { ["generation"] = $"{generation}" }
        );
        int[] values = new int[Piece];
        values.AsSpan().Fill(generation);
        using SafetensorsWriter writer = SafetensorsWriter.Create(path, header);
        for (int i = 0; i < Count; i += Piece)
        {
            writer.Write<int>("values", values);
        }
        writer.Complete();
    }

    private static int GenerationOf(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        int generation = int.Parse(file.Header.Metadata!["generation"], null);
        Assert.Equal(-1, file.Read<int>("values").AsSpan().IndexOfAnyExcept(generation));
        return generation;
    }
}
