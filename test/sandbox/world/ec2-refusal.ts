/** EC2 says no. `code` is one of "Error codes for the Amazon EC2 API". */
export class Ec2Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Ec2Refusal';
    this.code = code;
  }
}
