using FanIn.Checkpoints;
using FanIn.Tests.Shared;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests;

/// <summary>A process that is killed while it saves a module leaves the file that was there, or the whole new one.</summary>
public sealed class KilledSaveTests
{
    /// <summary>64 MB in two layers.</summary>
    private const long Width = 4096;

    [Fact]
    public Task TheOldFileStaysOrTheNewOneIsWhole() =>
        KilledWriter.Check(typeof(KilledSaveTests), nameof(SavesUntilItIsKilled), Save, GenerationOf);

    [Fact(Explicit = true)]
    public void SavesUntilItIsKilled() => KilledWriter.WriteForever(Save);

    private static void Save(string path, int generation)
    {
        NativeLoader.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using nn.Module<Tensor, Tensor> model = nn.Sequential(
            ("first", nn.Linear(Width, Width / 2)),
            ("second", nn.Linear(Width / 2, Width))
        );
        foreach (Tensor parameter in model.parameters())
        {
            parameter.fill_(generation);
        }
        model.SaveSafetensors(path);
    }

    private static int GenerationOf(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        float generation = file.Read<float>("first.bias")[0];
        foreach (SafetensorsTensor tensor in file.Header.Tensors)
        {
            Assert.Equal(-1, file.Read<float>(tensor.Name).AsSpan().IndexOfAnyExcept(generation));
        }
        return (int)generation;
    }
}
