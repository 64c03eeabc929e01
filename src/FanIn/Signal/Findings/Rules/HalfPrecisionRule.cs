namespace FanIn;

/// <summary>
/// Outputs above 65504, float16's largest number: an infinity as soon as half precision is used, so a warning; above a
/// sixteenth of it, which leaves no room for a larger batch, a warning where the model is float16 and otherwise a note.
/// Gradients of which more than half would round to 0 (2^-25 and below): a warning for float16, otherwise a note. Of a
/// trained model the same.
/// </summary>
internal static class HalfPrecisionRule
{
    private const double Largest = 65504;
    private const double Headroom = 16;
    private const double MostUnderflow = 0.5;

    public static IEnumerable<SignalFinding> Judge(SignalEvidence evidence)
    {
        bool isHalf = evidence.First.Parameters.Any(p => p.Description.ElementType == ElementType.Float16);
        for (int i = 0; i < evidence.Rows.Length; i++)
        {
            double largest = evidence.First.Layers[i].Output.Largest;
            if (largest > Largest / Headroom)
            {
                string name = evidence.Rows[i].Name;
                yield return new SignalFinding(
                    FindingKind.HalfPrecision,
                    isHalf || largest > Largest ? FindingSeverity.Warning : FindingSeverity.Note,
                    name,
                    $"the largest output of {FindingText.Quote(name)} is {FindingText.Number(largest)}, {(largest > Largest ? "beyond" : "within a factor of 16 of")} float16's largest number, 65504"
                ).MendedBy("bfloat16 or float32 there, or smaller weights");
                break;
            }
        }
        for (int i = evidence.Rows.Length - 1; i >= 0; i--)
        {
            if (
                evidence.First.Layers[i].Gradient is { Count: > 0 } gradient
                && (double)gradient.HalfUnderflows / gradient.Count > MostUnderflow
            )
            {
                string name = evidence.Rows[i].Name;
                yield return new SignalFinding(
                    FindingKind.HalfPrecision,
                    isHalf ? FindingSeverity.Warning : FindingSeverity.Note,
                    name,
                    $"{FindingText.Percent((double)gradient.HalfUnderflows / gradient.Count)} of the gradients at the output of {FindingText.Quote(name)} would be 0 in float16, whose smallest number is 6e-8"
                ).MendedBy("loss scaling where gradients are float16");
                break;
            }
        }
    }
}
