using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>The files of external data of a copy: those with new values, and all others as they are.</summary>
internal static class ExternalCopies
{
    /// <exception cref="OnnxException">Bytes that get new values belong to another tensor too, or to a checksum.</exception>
    public static ImmutableArray<NewFile> Of(OnnxModel model, IEnumerable<DrawnTensor> drawn)
    {
        var values = drawn
            .Where(tensor => tensor.Tensor.ExternalRange is not null)
            .ToDictionary(tensor => tensor.Tensor);
        var copies = ImmutableArray.CreateBuilder<NewFile>();
        foreach (var file in model.Data.External.GroupBy(tensor => tensor.ExternalRange!.File))
        {
            TensorData[] tensors = [.. file.OrderBy(tensor => tensor.ExternalRange!.Offset)];
            Check(model, tensors, values);
            List<Piece> pieces = Pieces(file.Key, tensors.Select(values.GetValueOrDefault).OfType<DrawnTensor>());
            // Two names of one file in the model's folder are two files beside the copy.
            copies.AddRange(
                tensors
                    .Select(tensor => tensor.ExternalRange!.Location)
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)
                    .Select(location => new NewFile(location, pieces))
            );
        }
        return copies.ToImmutable();
    }

    private static List<Piece> Pieces(ExternalFile file, IEnumerable<DrawnTensor> inOrder)
    {
        var source = new BytesOfFile(file);
        var pieces = new List<Piece>();
        long position = 0;
        foreach (DrawnTensor tensor in inOrder)
        {
            ExternalRange range = tensor.Tensor.ExternalRange!;
            pieces.Add(new(source, position, range.Offset - position));
            pieces.Add(new(tensor, 0, range.Length));
            position = range.Offset + range.Length;
        }
        pieces.Add(new(source, position, file.Length - position));
        return pieces;
    }

    /// <summary>What one tensor gets must not become another's, nor make a checksum wrong.</summary>
    private static void Check(OnnxModel model, TensorData[] inOrder, Dictionary<TensorData, DrawnTensor> values)
    {
        if (!inOrder.Any(values.ContainsKey))
        {
            return;
        }
        if (Array.Find(inOrder, tensor => tensor.External!.ContainsKey("checksum")) is { } summed)
        {
            throw new OnnxException(
                $"'{model.Path}' has a checksum of '{ExternalData.Printable(summed.ExternalRange!.Location)}', which new values would make wrong; take the checksum out of the model first."
            );
        }
        TensorData? last = null;
        foreach (TensorData tensor in inOrder.Where(tensor => tensor.ExternalRange!.Length > 0))
        {
            if (
                last is not null
                && EndOf(last) > tensor.ExternalRange!.Offset
                && (values.ContainsKey(tensor) || values.ContainsKey(last))
            )
            {
                throw new OnnxException(
                    $"'{ExternalData.Printable(tensor.Name)}' and '{ExternalData.Printable(last.Name)}' of '{model.Path}' share bytes of '{ExternalData.Printable(tensor.ExternalRange.Location)}': one can't get new values without the other; leave them out, or store them apart."
                );
            }
            last = last is null || EndOf(tensor) >= EndOf(last) ? tensor : last;
        }
    }

    private static long EndOf(TensorData tensor) => tensor.ExternalRange!.Offset + tensor.ExternalRange.Length;
}
