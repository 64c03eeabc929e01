using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FanIn.Onnx;

/// <summary>
/// Tensors that ONNX Runtime gets from here: those drawn anew, and those that lie beside the model, read through the handles
/// that were checked, so that ONNX Runtime opens no file that the model names. It takes values by name only for initializers
/// of the model's own graph; of others it gets copies in a folder of this process's own.
/// </summary>
internal sealed unsafe class GivenTensors : IDisposable
{
    private readonly List<OrtValue> _values = [];
    private readonly List<nint> _memory = [];
    private readonly List<(string Name, OrtValue Value)> _initializers = [];
    private string? _folder;

    /// <exception cref="IOException">External data can't be read, or copied.</exception>
    public GivenTensors(OnnxModel model, ModelWeights weights)
    {
        try
        {
            foreach ((TensorData tensor, byte[] bytes) in weights.Replaced)
            {
                Add(tensor, bytes.LongLength, memory => Marshal.Copy(bytes, 0, memory, bytes.Length));
            }
            var own = new HashSet<TensorData>(model.Data.Graph.Initializers);
            foreach (TensorData tensor in model.Data.External)
            {
                _folder ??= Directory.CreateTempSubdirectory("fanin-").FullName;
                ExternalRange range = tensor.ExternalRange!;
                string copy = Path.Combine([_folder, .. range.Location.Split('/')]);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                bool isGiven = weights.Replaced.ContainsKey(tensor);
                if (!isGiven && own.Contains(tensor))
                {
                    Add(tensor, range.Length, memory => Read(range, (byte*)memory));
                    isGiven = true;
                }
                // Of values that it is given ONNX Runtime wants the file too, which may be empty: it doesn't read it.
                range.File.CopyTo(copy, range.Offset, isGiven ? 0 : range.Length);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void AddTo(SessionOptions options)
    {
        foreach ((string name, OrtValue value) in _initializers)
        {
            options.AddInitializer(name, value);
        }
        if (_folder is not null)
        {
            options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", _folder);
        }
    }

    public void Dispose()
    {
        foreach (OrtValue value in _values)
        {
            value.Dispose();
        }
        foreach (nint memory in _memory)
        {
            NativeMemory.Free((void*)memory);
        }
        _values.Clear();
        _memory.Clear();
        _initializers.Clear();
        if (_folder is { } folder)
        {
            _folder = null;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // Held by someone else, such as a scanner: what was measured stands all the same.
            }
        }
    }

    private void Add(TensorData tensor, long bytes, Action<nint> fill)
    {
        nint memory = (nint)NativeMemory.Alloc((nuint)Math.Max(1, bytes));
        _memory.Add(memory);
        fill(memory);
        // ONNX Runtime numbers element types as the format does.
        var value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            (TensorElementType)tensor.DataType,
            [.. tensor.Shape],
            memory,
            bytes
        );
        _values.Add(value);
        _initializers.Add((tensor.Name, value));
    }

    private static void Read(ExternalRange range, byte* memory)
    {
        const int Piece = 1 << 30;
        for (long done = 0; done < range.Length; )
        {
            int count = (int)Math.Min(Piece, range.Length - done);
            range.File.Read(range.Offset + done, new Span<byte>(memory + done, count));
            done += count;
        }
    }
}
